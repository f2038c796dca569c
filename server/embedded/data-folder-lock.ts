import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/*
 * One data folder, one process: two Postgres on the same files destroy them without a word.
 * The lock is a file that names its holder. States: absent → held → absent, or held → stale (its holder died) → held by the next.
 */

const lockSchema = z.object({ pid: z.number().int().positive(), startedAt: z.string().nullable(), nonce: z.string() });
type Lock = z.infer<typeof lockSchema>;

export class DataFolderInUseError extends Error {
  readonly pid: number;

  constructor(dataDir: string, pid: number) {
    super(`The data folder ${dataDir} is in use by process ${pid}. Stop it, or set DATA_DIR to another folder.`);
    this.name = 'DataFolderInUseError';
    this.pid = pid;
  }
}

/** Locks this process holds: a pid alone cannot tell our own lock from one of a dead process whose pid we got. */
const heldNonces = new Set<string>();

/**
 * Makes the folder (mode 700) when it is missing and takes its lock. Returns what releases it.
 * A lock left by a dead process is taken over, also when its pid now belongs to another process (told apart by start time where the system says it).
 * Throws DataFolderInUseError when a living process holds it.
 */
export function lockDataFolder(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'lock');
  const mine: Lock = { pid: process.pid, startedAt: processStartedAt(process.pid), nonce: randomUUID() };
  // Written whole under another name and then linked: nobody ever reads half a lock, and only one can win.
  const draft = `${path}.${mine.nonce}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    while (!linkIfAbsent(draft, path)) {
      const holder = readLock(path);
      if (holder && isHeld(holder)) throw new DataFolderInUseError(dataDir, holder.pid);
      if (holder) removeStale(path, holder);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  heldNonces.add(mine.nonce);
  return () => {
    if (heldNonces.delete(mine.nonce) && readLock(path)?.nonce === mine.nonce) rmSync(path, { force: true });
  };
}

function linkIfAbsent(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Null when there is none. Locks are never half written, so an unreadable one is for a person to look at. */
function readLock(path: string): Lock | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  try {
    return lockSchema.parse(JSON.parse(text));
  } catch {
    throw new Error(
      `The lock file ${path} is unreadable. Make sure that no Parley uses this folder, then delete the file.`,
    );
  }
}

/** Moves the stale lock away. Should another starter have replaced it just now, its lock is put back untouched. */
function removeStale(path: string, stale: Lock): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (readLock(aside)?.nonce !== stale.nonce) linkIfAbsent(aside, path);
  rmSync(aside, { force: true });
}

function isHeld(lock: Lock): boolean {
  if (lock.pid === process.pid) return heldNonces.has(lock.nonce);
  if (!isAlive(lock.pid)) return false;
  const startedAt = processStartedAt(lock.pid);
  return lock.startedAt === null || startedAt === null || lock.startedAt === startedAt;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** When the process began, as "boot id:clock ticks since boot" (proc(5), field 22); null where there is no /proc. */
function processStartedAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The second field is the program's name in parentheses and may hold spaces: count from its end.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks ? `${bootId}:${ticks}` : null;
  } catch {
    return null;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
