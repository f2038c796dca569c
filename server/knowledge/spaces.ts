import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { AppError, notFound } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Encoder } from './encoder.ts';
import { type EncoderDeps, modelName } from './encoders.ts';
import { markDeleted } from './removal-queries.ts';
import {
  type DueFilling,
  findSpace,
  insertFillingSpace,
  isFull,
  listKeptSpaces,
  listWithoutSpace,
  lockSpaces,
  makeActive,
  requestFailedFillings,
  requestFilling,
} from './space-queries.ts';

/*
 * The commands on embedding spaces: filling → active ⇄ kept. Exactly one space of a workspace is searched. What is to be done is in the
 * space's row, written with the command; the jobs are asked for after the commit, and by the sweeper where that got lost.
 */

type Slice = Pick<Deps, 'db' | 'queues'>;
type One = { workspaceId: string; spaceId: string };

/** The same request has the same key: a new attempt has another. */
export const fillingKey = (spaceId: string, requestedAt: Date, attempt: number) =>
  `fill-${spaceId}-${requestedAt.getTime()}-${attempt}`;

export const removalKey = (spaceId: string) => `remove-${spaceId}`;

export function enqueueFilling(queues: Deps['queues'], due: DueFilling | undefined): void {
  if (!due) return;
  const { workspaceId, spaceId, requestedAt, attempt } = due;
  queues.enqueue('fillSpace', { workspaceId, spaceId }, fillingKey(spaceId, requestedAt, attempt));
}

/**
 * Searches use this space from now on, and the one before is kept: a switch, or its undoing. What it lacks is filled. Refuses a space
 * that is still being filled and lacks documents, unless forced. Twice is as once.
 */
export async function activateSpace(
  { db, queues }: Slice,
  { workspaceId, spaceId, force = false }: One & { force?: boolean | undefined },
): Promise<void> {
  const due = await transaction(db, async (tx) => {
    await lockSpaces(tx, workspaceId);
    const space = await findSpace(tx, workspaceId, spaceId);
    if (!space) throw notFound('embedding space');
    if (space.state === 'active') return undefined;
    const full = await isFull(tx, workspaceId, space.key);
    if (space.state === 'filling' && !full && !force) {
      const publicMessage =
        'This embedding space does not have the vectors of all documents yet. Wait until it is full, or force the switch.';
      throw new AppError('transition_not_allowed', { publicMessage, extra: { state: space.state } });
    }
    await makeActive(tx, workspaceId, spaceId);
    return full ? undefined : await requestFilling(tx, workspaceId, spaceId);
  });
  enqueueFilling(queues, due);
}

/** Fills the space: after it failed, or to bring a kept one up to date. One that is in line or being filled stays so. */
export async function fillSpaceAgain({ db, queues }: Slice, { workspaceId, spaceId }: One): Promise<void> {
  if (!(await findSpace(db, workspaceId, spaceId))) throw notFound('embedding space');
  enqueueFilling(queues, await requestFilling(db, workspaceId, spaceId));
}

/** The space is gone for everybody at once; its vectors go in the background. Refuses the active one. */
export async function deleteSpace({ db, queues }: Slice, { workspaceId, spaceId }: One): Promise<void> {
  await transaction(db, async (tx) => {
    await lockSpaces(tx, workspaceId);
    const space = await findSpace(tx, workspaceId, spaceId);
    if (!space) throw notFound('embedding space');
    if (space.state === 'active') {
      const publicMessage = 'This embedding space is the one that is searched. Switch to another one first.';
      throw new AppError('transition_not_allowed', { publicMessage, extra: { state: space.state } });
    }
    await markDeleted(tx, workspaceId, spaceId);
  });
  queues.enqueue('deleteSpace', { workspaceId, spaceId }, removalKey(spaceId));
}

/** Named in the log; all of them are in the index of their workspaces. */
const keptNamedMax = 20;

/**
 * For the start of the workers: a model that EMBEDDING_MODEL did not name before gets a space in every workspace that is searched by
 * another one, and what had failed is tried again, for what it lacked may be configured by now. A space that is there already is left
 * as it is: kept, it was switched away from by hand, or the model was named again; the log says so. Throws when a model of unknown
 * length cannot tell it just now.
 */
export async function openSpaces({
  db,
  encoder,
  queues,
  log,
}: Slice & Pick<Deps, 'log'> & Pick<EncoderDeps, 'encoder'>): Promise<void> {
  for (const due of await requestFailedFillings(db, undefined)) enqueueFilling(queues, due);
  await makeSpaces({ db, queues }, encoder);
  const kept = await listKeptSpaces(db, encoder.space);
  if (kept.length === 0) return;
  log.warn(
    { model: modelName(encoder.space), count: kept.length, spaces: kept.slice(0, keptNamedMax) },
    'EMBEDDING_MODEL names the model of kept spaces: searches use another one until somebody activates them',
  );
}

async function makeSpaces({ db, queues }: Slice, encoder: Encoder): Promise<void> {
  const { space } = encoder;
  let without = await listWithoutSpace(db, space);
  if (without.length === 0) return;
  if (space.dimensions === 0) {
    await encoder.embed(['How long is a vector?'], 'passage');
    without = await listWithoutSpace(db, space);
  }
  for (const workspaceId of without) {
    enqueueFilling(queues, await insertFillingSpace(db, workspaceId, newId(), space));
  }
}
