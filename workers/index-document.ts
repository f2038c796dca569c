import { transaction } from '../server/db/transaction.ts';
import type { Deps } from '../server/deps.ts';
import { AppError } from '../server/errors.ts';
import { newId } from '../server/ids.ts';
import { settleSearch } from '../server/knowledge/calibrate.ts';
import { findCorpus } from '../server/knowledge/ground-queries.ts';
import { textsToEmbed, toChunks, toDocumentTerms, toSearchRows } from '../server/knowledge/index-entries.ts';
import {
  type Claim,
  claimDocument,
  failExhausted,
  failIndexing,
  findOrMakeSpace,
  finishIndexing,
  lockForSwitch,
  postponeIndexing,
  readVersion,
  renewLease,
  replaceChunks,
  replaceSearchRows,
} from '../server/knowledge/index-queries.ts';
import { type Preparation, prepareDocument } from '../server/knowledge/prepare-document.ts';
import { addTerms, forgetTerms } from '../server/knowledge/stats-queries.ts';
import { UnreadableError } from '../server/knowledge/to-markdown.ts';
import type { JobPayload } from '../server/queue/jobs.ts';

type Slice = Pick<Deps, 'config' | 'db' | 'encoder' | 'log'>;

/** With the delays between them: an embedding server may be away for about two minutes. */
const attemptsMax = 6;
const retryDelayMs = (attempt: number) => 2_000 * 2 ** (attempt - 1);
const embedTextsMax = 16;

class ClaimLost extends Error {}

/**
 * Reads, splits and embeds a document's newest version and switches search over to it in one transaction, so that at every
 * moment the old or the new version is found. All is written in that transaction: a run that is killed leaves only a claim, which
 * ends with its lease, and a second run changes nothing. A version that is overtaken by a newer one is left.
 */
export async function indexDocument(
  deps: Slice,
  { workspaceId, documentId }: JobPayload<'indexDocument'>,
): Promise<void> {
  const { leaseMs } = deps.config;
  const { claim, exhausted } = await transaction(deps.db, (tx) =>
    claimDocument(tx, workspaceId, documentId, leaseMs, attemptsMax),
  );
  if (exhausted) {
    const reason = `Indexing was tried ${attemptsMax} times and never finished. Try again, or split the document.`;
    await failExhausted(deps.db, workspaceId, documentId, reason);
  }
  if (!claim) return;
  const lost = new AbortController();
  const keeping = setInterval(() => void keepLease(deps, claim, lost), leaseMs / 3);
  try {
    await indexClaimed(deps, claim, lost.signal);
  } catch (error) {
    await giveUp(deps, claim, error);
  } finally {
    clearInterval(keeping);
  }
  await settleSearch(deps, workspaceId);
}

async function keepLease({ db, config, log }: Slice, claim: Claim, lost: AbortController): Promise<void> {
  try {
    if (!(await renewLease(db, claim, config.leaseMs))) lost.abort(new ClaimLost());
  } catch (error) {
    // the lease may still hold; the switch looks again
    log.warn({ err: error, documentId: claim.documentId }, 'lease not renewed');
  }
}

async function indexClaimed({ db, encoder }: Slice, claim: Claim, lost: AbortSignal): Promise<void> {
  const { workspaceId } = claim;
  const content = await readVersion(db, claim);
  if (!content) throw new ClaimLost();
  const { title, locale, format } = content;
  const source = content.bytes
    ? { format, bytes: Uint8Array.from(content.bytes) }
    : { format, text: content.body ?? '' };
  const prepared = await prepareDocument({ source, title, locale });
  const vectors = await embed(encoder, prepared, title, lost);
  const space = await findOrMakeSpace(db, workspaceId, newId(), encoder.space);
  const { average } = await findCorpus(db, workspaceId, encoder.space);
  const chunks = toChunks(prepared, claim.documentId, claim.version);
  const rows = toSearchRows(prepared, chunks, vectors, average);
  const terms = toDocumentTerms(prepared, locale, rows);
  await transaction(db, async (tx) => {
    const document = await lockForSwitch(tx, claim);
    if (!document) throw new ClaimLost();
    const visible = { ...document, published: document.status === 'published' };
    await replaceChunks(tx, claim, chunks);
    await replaceSearchRows(tx, claim, space, visible, rows);
    await forgetTerms(tx, workspaceId, claim.documentId);
    await addTerms(tx, workspaceId, claim.documentId, terms);
    await finishIndexing(tx, claim, space, prepared.markdown, chunks.length);
  });
}

async function embed(encoder: Deps['encoder'], prepared: Preparation, title: string, lost: AbortSignal) {
  const texts = textsToEmbed(title, prepared);
  const vectors: number[][] = [];
  for (let start = 0; start < texts.length; start += embedTextsMax) {
    lost.throwIfAborted();
    vectors.push(...(await encoder.embed(texts.slice(start, start + embedTextsMax), 'passage', lost)));
  }
  return vectors;
}

async function giveUp({ db, log }: Slice, claim: Claim, error: unknown): Promise<void> {
  if (error instanceof ClaimLost) return;
  if (error instanceof UnreadableError) return failIndexing(db, claim, error.message);
  log.warn({ err: error, documentId: claim.documentId, attempt: claim.attempt }, 'document not indexed');
  if (claim.attempt < attemptsMax) return postponeIndexing(db, claim, retryDelayMs(claim.attempt));
  const reason = error instanceof AppError ? error.publicMessage : 'Something went wrong on our side.';
  await failIndexing(db, claim, `${reason} It was tried ${claim.attempt} times.`);
}
