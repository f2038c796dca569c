import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { type Encoder, isOf } from './encoder.ts';
import { modelName } from './encoders.ts';
import { type FillClaim, type LiveText, lockLive, placesWithoutVectors, readLiveTexts } from './fill-queries.ts';
import { textsToEmbed, toPlaces, toVectors } from './index-entries.ts';
import { insertVectors, type NewVector } from './index-queries.ts';
import { findSpace, listMissing, shareSpaces } from './space-queries.ts';

/** Texts of one batch: less than a second of the built-in encoder, which questions overtake. */
const textsMax = 48;
const documentsMax = 32;

/**
 * Gives the next documents their vectors, from `after` on in the order of their ids. Resolves to the last of them, and to undefined
 * when there were none. What is replaced, hidden or deleted meanwhile is looked at again under its lock: nothing is written for what is
 * no longer there, and nothing twice.
 */
export async function fillBatch(
  { db }: Pick<Deps, 'db'>,
  { workspaceId, space }: FillClaim,
  encoder: Encoder,
  after: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const batch = cut(await listMissing(db, workspaceId, space.key, after, documentsMax));
  const last = batch.at(-1)?.documentId;
  if (last === undefined) return undefined;
  const read = await readLiveTexts(db, workspaceId, batch);
  const texts = read.map(({ title, markdown, chunks }) => textsToEmbed(title, markdown, chunks));
  const vectors = await encoder.embed(texts.flat(), 'passage', signal);
  if (!isOf(encoder.space, space)) throw otherLength(encoder, space.dimensions);
  let next = 0;
  const ready = read.map((document, index) => {
    const start = next;
    next += texts[index]?.length ?? 0;
    return { ...document, vectors: vectors.slice(start, next) };
  });
  await write(db, workspaceId, space.id, ready);
  return last;
}

function cut<Item extends { chunks: number }>(missing: Item[]): Item[] {
  let texts = 0;
  const batch: Item[] = [];
  for (const document of missing) {
    if (batch.length > 0 && texts + document.chunks > textsMax) break;
    batch.push(document);
    texts += document.chunks + 1;
  }
  return batch;
}

type Ready = LiveText & { vectors: ArrayLike<number>[] };

const write = (db: Deps['db'], workspaceId: string, spaceId: string, ready: Ready[]): Promise<void> =>
  transaction(db, async (tx) => {
    const live = await lockLive(tx, workspaceId, ready);
    await shareSpaces(tx, workspaceId);
    const space = await findSpace(tx, workspaceId, spaceId);
    if (!space || live.length === 0) return;
    const places = await placesWithoutVectors(tx, workspaceId, space.key, live);
    const rows = ready.flatMap(
      ({ documentId, chunks, vectors }): (NewVector & { documentId: string; facet: number | null })[] => {
        const place = places.get(documentId);
        const ids = chunks.map((chunk) => chunk.id);
        // the same version may have been split anew meanwhile
        if (!place || place.chunkIds.size !== ids.length || !ids.every((id) => place.chunkIds.has(id))) return [];
        return toVectors(toPlaces(ids), vectors).map((vector) => ({ ...vector, documentId, facet: place.facet }));
      },
    );
    if (rows.length > 0) await insertVectors(tx, workspaceId, space, rows);
  });

function otherLength({ space }: Encoder, expected: number): AppError {
  const publicMessage = `The embedding model ${modelName(space)} gives vectors of ${space.dimensions} numbers, where its space has ${expected}. Delete this space; a new one is filled at the next start.`;
  return new AppError('unprocessable', { publicMessage });
}
