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
 * nothing is missing any more, a new space is switched to.
 */
export async function fillSpace(deps: Slice, { workspaceId, spaceId }: JobPayload<'fillSpace'>): Promise<void> {
  const claim = await claimFilling(deps.db, workspaceId, spaceId, deps.config.leaseMs);
  if (!claim) return;
  const progress = new Progress(deps, claim);
  try {
    await fill(deps, claim, progress);
  } catch (error) {
    if (!progress.lost.aborted) await giveUp(deps, claim, progress.gotOn, error);
  } finally {
    progress.stop();
  }
}

async function fill(deps: Slice, claim: FillClaim, progress: Progress): Promise<void> {
  if (claim.tries > triesMax) throw new Error('the filling never got on');
  const encoder = encoderFor(deps, claim.space);
  if (!encoder) throw notUsable(claim);
  const endsAt = Date.now() + sliceMs;
  let after: string | undefined;
  while (!progress.lost.aborted) {
    if (Date.now() > endsAt) return putBack(deps, claim, progress, 0);
    if (await isIndexing(deps.db)) await pause(yieldMs, undefined, { signal: progress.lost });
    const last = await fillBatch(deps, claim, encoder, after, progress.lost);
    if (last !== undefined) progress.gotOn = true;
    else if (after === undefined) {
      const outcome = await completeFilling(deps, claim, encoder);
      if (outcome === 'done') return;
      if (outcome === 'building') return putBack(deps, claim, progress, buildingMs);
    }
    // after the end once more from the beginning: for what has been indexed meanwhile
    after = last;
  }
}

/** In line again behind the others. */
async function putBack({ db, queues }: Slice, claim: FillClaim, progress: Progress, delayMs: number): Promise<void> {
  const requestedAt = await postponeFilling(db, claim, delayMs, true);
  if (!requestedAt || delayMs > 0) return;
  const { workspaceId, attempt, space } = claim;
  progress.stop();
  queues.enqueue('fillSpace', { workspaceId, spaceId: space.id }, fillingKey(space.id, requestedAt, attempt));
}

async function giveUp({ db, log }: Slice, claim: FillClaim, gotOn: boolean, error: unknown): Promise<void> {
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

/** The claim while it is worked on: renewed, with all attempts again after each step. `lost` aborts when it is no longer ours. */
class Progress {
  gotOn = false;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor({ db, config, log }: Slice, claim: FillClaim) {
    this.#timer = setInterval(async () => {
      try {
        if (!(await renewFilling(db, claim, config.leaseMs, this.gotOn)))
          this.#lost.abort(new Error('the claim was lost'));
      } catch (error) {
        // the lease may still hold; each batch looks again
        log.warn({ err: error }, 'lease not renewed');
      }
    }, config.leaseMs / 3);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
