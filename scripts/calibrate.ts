import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { auroc } from '../bench/retrieval-metrics.ts';
import { parseConfig } from '../server/config.ts';
import { createPool } from '../server/db/pool.ts';
import { startEmbedded } from '../server/embedded/start-embedded.ts';
import { recalibrate } from '../server/knowledge/calibrate.ts';
import {
  type CalibratedSpace,
  listCalibratedSpaces,
  saveSemanticShare,
} from '../server/knowledge/calibration-queries.ts';
import type { Calibration } from '../server/knowledge/confidence.ts';
import { createEncoder } from '../server/knowledge/create-encoder.ts';
import { search } from '../server/knowledge/search.ts';
import { createLog } from '../server/log.ts';

/*
 * npm run calibrate -- [--workspace ID] [--questions FILE] [--semantic-share SHARE]
 * Fits the confidence of every workspace (or of one) to its documents anew, at once, and prints the weights. FILE holds lines of
 * {"question": "…", "gold": ["externalId", …]}, an empty gold for what no document answers: how well the confidence tells them
 * apart is printed before and after. SHARE, 0 to 1 or "default", is how much the vectors decide; eval:retrieval --refit finds it.
 * On the embedded services, stop Parley first.
 */
const { values } = parseArgs({
  options: {
    workspace: { type: 'string' },
    questions: { type: 'string' },
    'semantic-share': { type: 'string' },
  },
});
const questionRow = z.object({ question: z.string(), gold: z.array(z.string()) });
type LabelledQuestion = z.infer<typeof questionRow>;

const share = readShare(values['semantic-share']);
const questions = values.questions ? await readQuestions(values.questions).catch(fail) : [];
const config = parseConfig(process.env);
const embedded = config.databaseUrl ? undefined : await startEmbedded({ dataDir: config.dataDir }).catch(fail);
const db = createPool(config.databaseUrl ?? embedded?.databaseUrl ?? '', 1, () => undefined);
const encoder = createEncoder(config);
const deps = { db, encoder, log: createLog('warn') };
try {
  const all = await listCalibratedSpaces(db, encoder.space);
  const spaces = all.filter(({ workspaceId }) => !values.workspace || workspaceId === values.workspace);
  if (spaces.length === 0)
    throw new Error(`No such workspace has documents indexed with ${encoder.space.provider}:${encoder.space.model}.`);
  // once loaded, it answers within the time that a search waits for it
  await encoder.embed(['ready'], 'question');
  for (const space of spaces) await refit(space);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await db.end();
  await encoder.close();
  await embedded?.stop();
}

async function refit({ workspaceId, workspaceName, spaceId, calibration: before }: CalibratedSpace): Promise<void> {
  console.log(`\n${workspaceName} (${workspaceId})`);
  const aurocBefore = await tellApart(workspaceId);
  const after = await recalibrate(deps, workspaceId);
  if (after) {
    console.log(`  before  ${before ? weightsOf(before) : 'the usual weights'}`);
    console.log(`  after   ${weightsOf(after)}`);
  } else console.log('  too few documents to be fitted to: the usual weights');
  if (aurocBefore !== undefined && after) {
    const aurocAfter = await tellApart(workspaceId);
    console.log(
      `  AUROC on ${questions.length} questions: ${aurocBefore.toFixed(3)} before, ${aurocAfter?.toFixed(3)} after`,
    );
  }
  if (share === undefined) return;
  await saveSemanticShare(db, workspaceId, spaceId, share);
  console.log(`  share of meaning: ${share ?? 'as usual for the provider'}`);
}

function weightsOf({ weights, bias }: Calibration): string {
  const [lead, cosine, outlier] = weights.map((weight) => weight.toFixed(2));
  return `lead ${lead}, cosine ${cosine}, outlier ${outlier}, bias ${bias.toFixed(2)}`;
}

/** Undefined where there are no questions of both kinds. */
async function tellApart(workspaceId: string): Promise<number | undefined> {
  const judged: { gold: string[]; confidence: number }[] = [];
  for (const { question, gold } of questions) {
    const asked = { workspaceId, query: question, history: [], limit: 1, audiences: ['public' as const] };
    judged.push({ gold, confidence: (await search(deps, asked)).confidence });
  }
  return auroc(judged);
}

async function readQuestions(path: string): Promise<LabelledQuestion[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => questionRow.parse(JSON.parse(line)));
}

/** Null is the provider's own; undefined leaves what is there. */
function readShare(given: string | undefined): number | null | undefined {
  if (given === undefined) return undefined;
  if (given === 'default') return null;
  const value = Number(given);
  if (given.trim() === '' || !(value >= 0 && value <= 1))
    fail(new Error(`--semantic-share is "${given}"; it wants a number from 0 to 1, or "default".`));
  return value;
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
