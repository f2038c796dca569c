import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { type Claim, finishIndexing, lockForSwitch, type Visibility } from './claim-queries.ts';
import type { EmbeddingSpaceKey } from './encoder.ts';
import { findCorpus } from './ground-queries.ts';
import { toChunks, toDocumentTerms, toSearchRows, toVectors } from './index-entries.ts';
import {
  deleteFromIndex,
  deleteOtherChunks,
  facetsFor,
  findOrMakeActiveSpace,
  insertChunks,
  insertSearchRows,
  insertVectors,
  type VersionContent,
} from './index-queries.ts';
import type { Preparation } from './packed-preparation.ts';
import { requestMissing, shareSpaces, spaceToWrite } from './space-queries.ts';
import { addTerms, forgetTerms } from './stats-queries.ts';

/** A version with all that the index needs; `vectors` in the order of textsToEmbed, undefined where nothing could embed it. */
export type Ready = {
  claim: Claim;
  content: VersionContent;
  prepared: Preparation;
  vectors: ArrayLike<number>[] | undefined;
};

/**
 * Puts the versions in the place of those before them, in chunks, index and statistics, in one transaction. Those whose claims are
 * lost by then are left out. All of one workspace, embedded by one model: its space gets the vectors, and every other that is searched or
 * being filled is to be filled from what is written here. The first vectors of a workspace make its space.
 */
export async function switchVersions(
  { db }: Pick<Deps, 'db'>,
  ready: Ready[],
  embedded: EmbeddingSpaceKey | undefined,
): Promise<void> {
  const workspaceId = ready[0]?.claim.workspaceId;
  if (!workspaceId) return;
  if (embedded) await findOrMakeActiveSpace(db, workspaceId, newId(), embedded);
  const { average } = await findCorpus(db, workspaceId);
  const all = ready.map(({ claim, content, prepared, vectors }) => {
    const chunks = toChunks(prepared, claim.documentId, claim.version);
    const rows = toSearchRows(prepared, chunks, average);
    return { claim, content, prepared, chunks, rows, vectors: vectors ? toVectors(rows, vectors) : [] };
  });
  await transaction(db, async (tx) => {
    const visible = await lockForSwitch(
      tx,
      ready.map(({ claim }) => claim),
    );
    const mine = all.filter(({ claim }) => visible.has(claim.documentId));
    if (mine.length === 0) return;
    await shareSpaces(tx, workspaceId);
    // what is indexed for the first time has left nothing: all is written in one transaction
    const live = mine.filter(({ claim }) => visible.get(claim.documentId)?.isLive).map(({ claim }) => claim);
    const facets = await facetsFor(tx, workspaceId, toFacets(visible));
    const placed = mine.map(({ claim: { documentId, version } }) => ({
      documentId,
      version,
      facet: facets.get(documentId) ?? null,
    }));
    const withPlace = <Item extends object>(of: (one: (typeof mine)[number]) => Item[]) =>
      mine.flatMap((one, index) => of(one).map((item) => ({ ...item, ...(placed[index] ?? never()) })));
    const chunks = withPlace((one) => one.chunks);
    if (live.length > 0) {
      await deleteOtherChunks(tx, workspaceId, live, chunks);
      await deleteFromIndex(tx, workspaceId, toIds(live));
      await forgetTerms(tx, workspaceId, toIds(live));
    }
    await insertChunks(tx, workspaceId, chunks);
    await insertSearchRows(
      tx,
      workspaceId,
      withPlace((one) => one.rows),
    );
    const space = embedded && (await spaceToWrite(tx, workspaceId, embedded));
    if (space) {
      await insertVectors(
        tx,
        workspaceId,
        space,
        withPlace((one) => one.vectors),
      );
    }
    await requestMissing(tx, workspaceId, space?.key);
    await addTerms(
      tx,
      workspaceId,
      mine.map(({ claim, content, prepared, rows }) => ({
        documentId: claim.documentId,
        terms: toDocumentTerms(prepared, content.locale, rows),
      })),
    );
    await finishIndexing(
      tx,
      workspaceId,
      mine.map(({ claim: { documentId, version }, content, prepared, chunks }) => ({
        documentId,
        version,
        title: prepared.title,
        markdown: content.format === 'markdown' && content.body === prepared.markdown ? null : prepared.markdown,
        chunks: chunks.length,
      })),
    );
  });
}

const toIds = (claims: Claim[]) => claims.map(({ documentId }) => documentId);

function never(): never {
  throw new Error('every document has its place');
}

const toFacets = (visible: Map<string, Visibility>) =>
  [...visible].map(([documentId, { audience, locale, status }]) => ({
    documentId,
    audience,
    locale,
    published: status === 'published',
  }));
