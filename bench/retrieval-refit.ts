import { parseConfig } from '../server/config.ts';
import { createPool, type Pool } from '../server/db/pool.ts';
import type { Deps } from '../server/deps.ts';
import { withChunks } from '../server/knowledge/close-look.ts';
import { createEncoder } from '../server/knowledge/create-encoder.ts';
import { findCandidates, type Sought } from '../server/knowledge/find-candidates.ts';
import { findGround, type Ground } from '../server/knowledge/ground-queries.ts';
import { readQuestion } from '../server/knowledge/question.ts';
import { rank, semanticShare, shortlist } from '../server/knowledge/rank.ts';
import { createLog } from '../server/log.ts';
import { type Drawn, difference, draw, intervalOf } from './retrieval-intervals.ts';
import { isAnswerable, mean, measureOne } from './retrieval-metrics.ts';
import { findPlateau, type Trial } from './retrieval-plateau.ts';
import type { EvalQuestion, EvalSet } from './retrieval-sets.ts';
import { figure, signed } from './retrieval-table.ts';

/** What the encoder may say of the whole, from nothing to nearly all. */
const shares = Array.from({ length: 17 }, (_, step) => step / 20);
const resultsMax = 20;

type Slice = Pick<Deps, 'db' | 'encoder'>;

/** Scores the question's candidates once, then ranks them by each share: document ids, best first. */
async function rankByShares(
  deps: Slice,
  ground: Ground,
  workspaceId: string,
  asked: EvalQuestion,
): Promise<string[][]> {
  const { db, encoder } = deps;
  const { corpus } = ground;
  const [vector = null] = await encoder.embed([asked.question], 'question');
  const question = await readQuestion(db, { workspaceId, query: asked.question, history: asked.history }, corpus);
  if (!question) return shares.map(() => []);
  const sought: Sought = { filter: { workspaceId, audiences: ['public'] }, question, vector, exact: true };
  const { documents } = await findCandidates(db, ground, sought);
  const candidates = await withChunks(db, ground, sought, documents);
  const chunksOf = new Map(candidates.map(({ documentId, chunks }) => [documentId, chunks]));
  const language = corpus.languages[0] ?? 'en';
  const { provider } = encoder.space;
  // a long question takes less of the encoder, whatever the share
  const shareOf = (semanticShareOfSpace: number) =>
    semanticShare({ provider, semanticShare: semanticShareOfSpace }, question.termCount, language);
  return shares.map((share) => {
    const listed = shortlist(candidates, shareOf(share)).map((one) => ({
      ...one,
      chunks: chunksOf.get(one.documentId) ?? [],
    }));
    const ranked = rank(listed, question, shareOf(share)).slice(0, resultsMax);
    return [...new Set(ranked.map(({ documentId }) => documentId))];
  });
}

/**
 * By share what each answerable question scores (nDCG@5), on the database that a Parley left behind, which has one workspace with
 * these documents alone. Calls the server's functions: one set of candidates is ranked with every share. Questions that are asked
 * again in another way do not count.
 */
export async function tryShares(
  database: { url: string; max: number },
  sets: EvalSet[],
  prefix: string,
): Promise<SharesTried> {
  const config = parseConfig(process.env);
  const log = createLog('warn');
  const db = createPool(database.url, database.max, (error) => log.error({ err: error }, 'database'));
  const encoder = createEncoder(config);
  try {
    const names = await readNames(db, prefix);
    const workspaceId = names.workspaceId;
    const ground = await findGround(db, workspaceId);
    if (!ground.space) throw new Error('--refit needs EMBEDDING_MODEL in the environment, a .env file is not enough.');
    const scores: number[][] = shares.map(() => []);
    const questions = sets.filter((set) => !set.isVariant).flatMap((set) => set.questions);
    for (const asked of questions.filter(isAnswerable)) {
      const byShare = await rankByShares({ db, encoder }, ground, workspaceId, asked);
      for (const [at, ids] of byShare.entries()) {
        const ranked = ids.map((id) => names.byId.get(id) ?? id);
        scores[at]?.push(measureOne({ ranked, gold: asked.gold }).ndcg5);
      }
    }
    return { current: semanticShare(ground.space, 1, 'en'), scores };
  } finally {
    await db.end();
    await encoder.close();
  }
}

export type SharesTried = { current: number; scores: number[][] };

async function readNames(db: Pool, prefix: string): Promise<{ workspaceId: string; byId: Map<string, string> }> {
  const { rows } = await db.query<{ workspaceId: string; id: string; externalId: string }>(
    'select workspace_id as "workspaceId", id, external_id as "externalId" from documents where starts_with(external_id, $1)',
    [prefix],
  );
  const [first] = rows;
  if (!first) throw new Error('The documents are not there.');
  return {
    workspaceId: first.workspaceId,
    byId: new Map(rows.map(({ id, externalId }) => [id, externalId.slice(prefix.length)])),
  };
}

/** The curve over all sets, its plateau, and what each set would lose by a share that was found without it. */
export function printRefit(tried: { name: string; of: SharesTried }[]): void {
  const [first] = tried;
  if (!first) return;
  const trials = shares.map((value, at) => ({
    value,
    sets: tried.map(({ name, of }) => ({ name, scores: of.scores[at] ?? [] })),
  }));
  report(trials, first.of.current);
}

function report(trials: Trial[], current: number): void {
  const names = trials[0]?.sets.map(({ name }) => name) ?? [];
  const plateau = findPlateau(trials);
  const line = (cells: string[]) =>
    console.log(cells.map((cell, at) => (at === 0 ? cell.padEnd(8) : cell.padStart(13))).join(''));
  const range = (drawn: Drawn, show: (value: number) => string) => intervalOf(drawn)?.map(show).join('…') ?? '';
  console.log('\nnDCG@5 by the share of meaning, each set weighing the same, and the loss against the best in pairs');
  line(['share', 'all', '95 %', 'loss', '95 %', ...names]);
  for (const { value, drawn, loss, isOnPlateau } of plateau.points) {
    const trial = trials.find((one) => one.value === value);
    const bySet = trial?.sets.map(({ scores }) => figure(mean(scores))) ?? [];
    const name = `${isOnPlateau ? '=' : ' '} ${value.toFixed(2)}`;
    line([name, figure(drawn.value), range(drawn, figure), signed(loss.value), range(loss, signed), ...bySet]);
  }
  const shown = (value: number) => value.toFixed(2);
  console.log(
    `\nThe best is ${shown(plateau.best)}; not significantly worse are ${shown(plateau.from)} to ${shown(plateau.to)} (=). Recommended: ${shown(plateau.recommended)}. Now: ${shown(current)}.`,
  );
  if (names.length < 2) return;
  console.log('\nA share found on the other sets, on the one left out:');
  line(['', 'found', 'scores', `at ${shown(current)}`, 'difference', '95 %']);
  for (const name of names) {
    const found = findPlateau(trials, name).recommended;
    const [with_, now] = [scoresAt(trials, name, found), scoresAt(trials, name, current)];
    const gain = difference(drawMean(with_), drawMean(now));
    line([name, shown(found), figure(mean(with_)), figure(mean(now)), signed(gain.value), range(gain, signed)]);
  }
}

/** Of one set, at the share that was tried next to `value`. */
function scoresAt(trials: Trial[], name: string, value: number): number[] {
  const [nearest] = trials.toSorted((one, other) => Math.abs(one.value - value) - Math.abs(other.value - value));
  return nearest?.sets.find((set) => set.name === name)?.scores ?? [];
}

const drawMean = (scores: number[]): Drawn => ({
  value: mean(scores),
  drawings: draw(scores.length, (drawn) => mean(drawn.map((at) => scores[at] ?? 0))),
});
