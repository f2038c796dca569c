import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { type Claim, finishIndexing, lockForSwitch, type Visibility } from './claim-queries.ts';
import { isOf } from './encoder.ts';
import { findCorpus } from './ground-queries.ts';
import { toChunks, toDocumentTerms, toSearchRows, toVectors } from './index-entries.ts';
import {
  deleteFromIndex,
  facetsFor,
  findOrMakeActiveSpace,
  insertSearchRows,
  insertVectors,
  replaceChunks,
  type VersionContent,
} from './index-queries.ts';
import type { Preparation } from './prepare-document.ts';
import { addTerms, forgetTerms } from './stats-queries.ts';

/** A version with all that the index needs; `vectors` in the order of textsToEmbed. */
export type Ready = { claim: Claim; content: VersionContent; prepared: Preparation; vectors: ArrayLike<number>[] };

/**
 * Puts the versions in the place of those before them, in chunks, index and statistics, in one transaction. Those whose claims are
 * lost by then are left out. All of one workspace.
 */
export async function switchVersions({ db, encoder }: Pick<Deps, 'db' | 'encoder'>, ready: Ready[]): Promise<void> {
  const workspaceId = ready[0]?.claim.workspaceId;
  if (!workspaceId) return;
  const space = await findOrMakeActiveSpace(db, workspaceId, newId(), encoder.space);
  const { average } = await findCorpus(db, workspaceId);
  const all = ready.map(({ claim, content, prepared, vectors }) => {
    const chunks = toChunks(prepared, claim.documentId, claim.version);
    const rows = toSearchRows(prepared, chunks, average);
    return { claim, content, prepared, chunks, rows, vectors: toVectors(rows, vectors) };
  });
  await transaction(db, async (tx) => {
    const visible = await lockForSwitch(
      tx,
      ready.map(({ claim }) => claim),
    );
    const mine = all.filter(({ claim }) => visible.has(claim.documentId));
    if (mine.length === 0) return;
    const ids = mine.map(({ claim }) => claim.documentId);
    const facets = await facetsFor(tx, workspaceId, toFacets(visible));
    const placed = mine.map(({ claim: { documentId, version } }) => ({
      documentId,
      version,
      facet: facets.get(documentId) ?? null,
    }));
    const withPlace = <Item extends object>(of: (one: (typeof mine)[number]) => Item[]) =>
      mine.flatMap((one, index) => of(one).map((item) => ({ ...item, ...(placed[index] ?? never()) })));
    await replaceChunks(
      tx,
      workspaceId,
      withPlace((one) => one.chunks),
    );
    await deleteFromIndex(tx, workspaceId, ids);
    await insertSearchRows(
      tx,
      workspaceId,
      withPlace((one) => one.rows),
    );
    // another model than this one is active: its space is filled from what is written here
    if (isOf(space, encoder.space)) {
      await insertVectors(
        tx,
        workspaceId,
        space,
        withPlace((one) => one.vectors),
      );
    }
    await forgetTerms(tx, workspaceId, ids);
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
        markdown: content.format === 'markdown' && content.body === prepared.markdown ? null : prepared.markdown,
        chunks: chunks.length,
      })),
    );
  });
}

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
