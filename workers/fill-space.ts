import { setTimeout as pause } from 'node:timers/promises';
import type { Deps } from '../server/deps.ts';
import { AppError } from '../server/errors.ts';
import { completeFilling } from '../server/knowledge/complete-filling.ts';
import { type EncoderDeps, encoderFor, modelName } from '../server/knowledge/encoders.ts';
import { fillBatch } from '../server/knowledge/fill-batch.ts';
import {
  claimFilling,
  type FillClaim,
  failFilling,
  postponeFilling,
  renewFilling,
} from '../server/knowledge/fill-queries.ts';
import { fillingKey } from '../server/knowledge/spaces.ts';
import { isIndexing } from '../server/knowledge/unfinished-documents.ts';
import type { JobPayload } from '../server/queue/jobs.ts';
import { holdLease } from './hold-lease.ts';

type Slice = Pick<Deps, 'config' | 'db' | 'log' | 'queues'> & EncoderDeps;

/** Without a batch between them: the embedding server may be away for about two minutes. */
const triesMax = 6;
const retryDelayMs = (tries: number) => 2_000 * 2 ** (tries - 1);
/** One job's share; then other spaces have their turn. */
const sliceMs = 30_000;
/** While documents wait to be indexed a filling goes at this pace. */
const yieldMs = 500;
/** Until it is looked again whether another process has built the vector index. */
const buildingMs = 10_000;

/**
 * Gives live documents their vectors in an embedding space, a batch at a time: pending → running → done | failed. Each batch is
 * written in a transaction that looks again, so a run that is killed loses one batch at most, and two runs do the work of one. When
 * nothing is missing any more, a new space is switched to. Where the process stops, it is in line again at once.
 */
export async function fillSpace(
  deps: Slice,
  { workspaceId, spaceId }: JobPayload<'fillSpace'>,
  stopping = AbortSignal.any([]),
): Promise<void> {
  const { db, config } = deps;
  const claim = await claimFilling(db, workspaceId, spaceId, config.leaseMs);
  if (!claim) return;
  const filling: Filling = { claim, gotOn: false };
  const lease = holdLease(deps, config.leaseMs / 3, () => renewFilling(db, claim, config.leaseMs, filling.gotOn));
  const ended = AbortSignal.any([lease.lost, stopping]);
  let delayMs: number | undefined;
  try {
    delayMs = await fill(deps, filling, ended);
  } catch (error) {
    if (!ended.aborted) await giveUp(deps, filling, error);
  } finally {
    lease.stop();
  }
  if (stopping.aborted) delayMs ??= 0;
  if (delayMs !== undefined) await putBack(deps, filling, delayMs);
}

/** `gotOn`: a batch has been written, so all attempts are there again. */
type Filling = { claim: FillClaim; gotOn: boolean };

/** Resolves to how long what is left is to wait, and to undefined when nothing is. */
async function fill(deps: Slice, filling: Filling, ended: AbortSignal): Promise<number | undefined> {
  const { claim } = filling;
  if (claim.tries > triesMax) throw new Error('the filling never got on');
  const encoder = encoderFor(deps, claim.space);
  if (!encoder) throw notUsable(claim);
  const endsAt = Date.now() + sliceMs;
  let after: string | undefined;
  for (;;) {
    ended.throwIfAborted();
    if (Date.now() > endsAt) return 0;
    if (await isIndexing(deps.db)) await pause(yieldMs, undefined, { signal: ended });
    const last = await fillBatch(deps, claim, encoder, after, ended);
    if (last !== undefined) filling.gotOn = true;
    else if (after === undefined) {
      const outcome = await completeFilling(deps, claim, encoder, ended);
      if (outcome === 'done') return undefined;
      if (outcome === 'building') return buildingMs;
    }
    // after the end once more from the beginning: for what has been indexed meanwhile
    after = last;
  }
}

/** In line again behind the others. Does nothing with a claim that is lost, or a filling that is done. */
async function putBack({ db, queues }: Slice, { claim }: Filling, delayMs: number): Promise<void> {
  const requestedAt = await postponeFilling(db, claim, delayMs, true);
  if (!requestedAt || delayMs > 0) return;
  const { workspaceId, attempt, space } = claim;
  queues.enqueue('fillSpace', { workspaceId, spaceId: space.id }, fillingKey(space.id, requestedAt, attempt));
}

async function giveUp({ db, log }: Slice, { claim, gotOn }: Filling, error: unknown): Promise<void> {
  const tries = gotOn ? 1 : claim.tries;
  log.warn({ err: error, spaceId: claim.space.id, attempt: claim.attempt }, 'embedding space not filled');
  const isFinal = error instanceof AppError && error.code === 'unprocessable';
  if (!isFinal && tries < triesMax) {
    await postponeFilling(db, claim, retryDelayMs(tries), gotOn);
    return;
  }
  const reason = error instanceof AppError ? error.publicMessage : 'Something went wrong on our side.';
  await failFilling(db, claim, isFinal ? reason : `${reason} It was tried ${triesMax} times.`);
}

const notUsable = ({ space }: FillClaim) =>
  new AppError('unprocessable', {
    publicMessage: `The embedding model ${modelName(space)} cannot be used here: its key or address is not configured.`,
  });
