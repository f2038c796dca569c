import { transaction } from '../server/db/transaction.ts';
import type { Deps } from '../server/deps.ts';
import { AppError } from '../server/errors.ts';
import {
  type Claim,
  claimDocuments,
  failExhausted,
  failIndexing,
  postponeIndexing,
  renewLeases,
} from '../server/knowledge/claim-queries.ts';
import { type EncoderDeps, encoderFor } from '../server/knowledge/encoders.ts';
import { textsToEmbed } from '../server/knowledge/index-entries.ts';
import { readVersions, type VersionContent } from '../server/knowledge/index-queries.ts';
import type { Preparation } from '../server/knowledge/packed-preparation.ts';
import { prepareDocument } from '../server/knowledge/prepare-document.ts';
import { settleSearch } from '../server/knowledge/settle-search.ts';
import { findActiveSpace } from '../server/knowledge/space-queries.ts';
import { type Ready, switchVersions } from '../server/knowledge/switch-versions.ts';
import { UnreadableError } from '../server/knowledge/to-markdown.ts';
import type { JobPayload } from '../server/queue/jobs.ts';

type Slice = Pick<Deps, 'config' | 'db' | 'log'> & EncoderDeps;

/** With the delays between them: an embedding server may be away for about two minutes. */
const attemptsMax = 6;
const retryDelayMs = (attempt: number) => 2_000 * 2 ** (attempt - 1);
/** Documents that one job takes at most. */
const documentsMax = 64;
/** Texts after which what has been read is embedded and switched: so many cost little more than one, and a slow encoder shows progress. */
const textsMax = 256;

/**
 * Indexes the document's newest version, and others of the workspace that are due with it. Each is read, split and embedded, and
 * search is switched over in one transaction, so that at every moment the old or the new version is found. All is written in that
 * transaction: a run that is killed leaves only claims, which end with their leases, and a second run changes nothing. A version
 * that is overtaken by a newer one is left.
 */
export async function indexDocument(
  deps: Slice,
  { workspaceId, documentId }: JobPayload<'indexDocument'>,
  stopping = AbortSignal.any([]),
): Promise<void> {
  const { leaseMs } = deps.config;
  const { claims, exhausted } = await transaction(deps.db, (tx) =>
    claimDocuments(tx, workspaceId, documentId, { limit: documentsMax, leaseMs, attemptsMax }),
  );
  if (exhausted.length > 0) {
    const reason = `Indexing was tried ${attemptsMax} times and never finished. Try again, or split the document.`;
    await failExhausted(deps.db, workspaceId, exhausted, reason);
  }
  if (claims.length === 0) return;
  const held = new Held(deps, claims);
  try {
    await indexClaimed(deps, claims, held);
  } finally {
    held.stop();
  }
  await settleSearch(deps, workspaceId, stopping);
}

/** The claims while they are worked on: renewed, and given up one by one. `lost` aborts when none is left. */
class Held {
  readonly #deps: Slice;
  readonly #timer: NodeJS.Timeout;
  readonly #lost = new AbortController();
  #claims: Claim[];

  constructor(deps: Slice, claims: Claim[]) {
    this.#deps = deps;
    this.#claims = claims;
    this.#timer = setInterval(() => void this.#renew(), deps.config.leaseMs / 3);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  has(claim: Claim): boolean {
    return this.#claims.includes(claim);
  }

  release(claim: Claim): void {
    this.#claims = this.#claims.filter((one) => one !== claim);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #renew(): Promise<void> {
    const { db, config, log } = this.#deps;
    try {
      const kept = await renewLeases(db, this.#claims, config.leaseMs);
      this.#claims = this.#claims.filter((claim) => kept.has(claim.documentId));
      if (this.#claims.length === 0) this.#lost.abort();
    } catch (error) {
      // the leases may still hold; the switch looks again
      log.warn({ err: error }, 'leases not renewed');
    }
  }
}

type Read = { claim: Claim; content: VersionContent; prepared: Preparation; texts: string[] };

async function indexClaimed(deps: Slice, claims: Claim[], held: Held): Promise<void> {
  const [first] = claims;
  if (!first) return;
  const contents = await readVersions(deps.db, first.workspaceId, claims);
  let batch: Read[] = [];
  for (const claim of claims) {
    const content = contents.find((one) => one.documentId === claim.documentId);
    // without: a newer version came, or it is gone
    if (!content || !held.has(claim)) continue;
    const read = await readOne(deps, claim, content, held);
    if (!read) continue;
    batch.push(read);
    if (batch.reduce((sum, { texts }) => sum + texts.length, 0) < textsMax) continue;
    await finish(deps, batch, held);
    batch = [];
  }
  await finish(deps, batch, held);
}

async function readOne(deps: Slice, claim: Claim, content: VersionContent, held: Held): Promise<Read | undefined> {
  const { title, titleFromFile, locale, format, body, bytes } = content;
  const source = bytes ? { format, bytes: Uint8Array.from(bytes) } : { format, text: body ?? '' };
  try {
    const prepared = await prepareDocument({ source, title, titleFromFile, locale });
    return { claim, content, prepared, texts: textsToEmbed(prepared.title, prepared.markdown, prepared.chunks) };
  } catch (error) {
    await giveUp(deps, claim, error);
    held.release(claim);
    return undefined;
  }
}

/**
 * Embeds what has been read, by the model of the space that is searched, and switches search over to it. What fails puts all of it back
 * in line. Where that model cannot be used here the documents are found by their words.
 */
async function finish(deps: Slice, batch: Read[], held: Held): Promise<void> {
  const mine = batch.filter(({ claim }) => held.has(claim));
  if (mine.length === 0) return;
  try {
    const [first] = mine;
    const active = first && (await findActiveSpace(deps.db, first.claim.workspaceId));
    const encoder = active ? encoderFor(deps, active) : deps.encoder;
    const vectors = await encoder?.embed(
      mine.flatMap(({ texts }) => texts),
      'passage',
      held.lost,
    );
    let next = 0;
    const ready = mine.map(({ texts, ...read }): Ready => {
      next += texts.length;
      return { ...read, vectors: vectors?.slice(next - texts.length, next) };
    });
    await switchVersions(deps, ready, encoder?.space);
  } catch (error) {
    if (!held.lost.aborted) for (const { claim } of mine) await giveUp(deps, claim, error);
  }
  for (const { claim } of mine) held.release(claim);
}

async function giveUp({ db, log }: Slice, claim: Claim, error: unknown): Promise<void> {
  if (error instanceof UnreadableError) return failIndexing(db, claim, error.message);
  log.warn({ err: error, documentId: claim.documentId, attempt: claim.attempt }, 'document not indexed');
  if (claim.attempt < attemptsMax) return postponeIndexing(db, claim, retryDelayMs(claim.attempt));
  const reason = error instanceof AppError ? error.publicMessage : 'Something went wrong on our side.';
  await failIndexing(db, claim, `${reason} It was tried ${claim.attempt} times.`);
}
