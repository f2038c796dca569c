import { readFile } from 'node:fs/promises';

/** Linux counts processor time in ticks of a hundredth of a second. */
const msPerTick = 10;

export type Usage = { cpuMs: number; rssMb: number };

/** Processor time since its start and resident memory of a process, all its threads together. */
export async function readUsage(pid: number): Promise<Usage> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // the name, in brackets, may hold spaces: the numbers begin after it
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const rssKb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  return { cpuMs: ticks * msPerTick, rssMb: rssKb / 1024 };
}

/** The same, summed. */
export async function readUsages(pids: number[]): Promise<Usage> {
  const usages = await Promise.all(pids.map(readUsage));
  return {
    cpuMs: usages.reduce((sum, usage) => sum + usage.cpuMs, 0),
    rssMb: usages.reduce((sum, usage) => sum + usage.rssMb, 0),
  };
}

/** The value below which the given share (0 to 1) of the values lies. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
