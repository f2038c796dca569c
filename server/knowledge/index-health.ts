import type { EmbeddingSpace, IndexHealth } from '../../protocol/spaces.ts';
import type { Deps } from '../deps.ts';
import { indexingKey } from './documents.ts';
import { type EncoderDeps, encoderFor, isModelOf, modelName } from './encoders.ts';
import {
  countDocuments,
  type DocumentCounts,
  listFailures,
  listSpaceCounts,
  requestFailedDocuments,
  type SpaceCounts,
} from './health-queries.ts';
import { requestFailedFillings } from './space-queries.ts';
import { enqueueFilling } from './spaces.ts';

/** A rate of the first seconds says little. */
const ratedAfterSeconds = 5;
const failuresMax = 50;
/** Jobs that are asked for at once; each takes what is due with it, and the sweeper sees to the rest. */
const enqueuedMax = 200;

/** The state of a workspace's whole index. */
export async function readIndexHealth(deps: Pick<Deps, 'db'> & EncoderDeps, workspaceId: string): Promise<IndexHealth> {
  const { db } = deps;
  const [spaces, counts, failures] = await Promise.all([
    listSpaceCounts(db, workspaceId),
    countDocuments(db, workspaceId),
    listFailures(db, workspaceId, failuresMax),
  ]);
  const { live, oldestDueAt, ...documents } = counts;
  return {
    spaces: spaces.map((space) => toSpace(deps, space, counts)),
    documents: { ...documents, oldestDueAt: oldestDueAt?.toISOString() ?? null },
    failures,
  };
}

function toSpace(deps: EncoderDeps, space: SpaceCounts, { live }: DocumentCounts): EmbeddingSpace {
  const { dimensions } = deps.encoder.space;
  return {
    id: space.id,
    model: modelName(space),
    dimensions: space.dimensions,
    state: space.state,
    configured: isModelOf(deps.encoder.space, space) && (dimensions === 0 || dimensions === space.dimensions),
    usable: encoderFor(deps, space) !== undefined,
    fill: {
      state: space.fillState,
      documents: space.documents,
      total: live,
      ...rate(space, live),
      error: space.fillError,
    },
    vectors: {
      total: space.vectors,
      index: space.indexIsValid === null ? 'exact' : space.indexIsValid ? 'ready' : 'building',
      waiting: space.waiting,
    },
    activatedAt: space.activatedAt?.toISOString() ?? null,
    createdAt: space.createdAt.toISOString(),
  };
}

function rate(space: SpaceCounts, live: number): Pick<EmbeddingSpace['fill'], 'documentsPerMinute' | 'etaSeconds'> {
  const { fillState, fillingSeconds, documents, filledBefore } = space;
  const filled = documents - filledBefore;
  const isGoing = (fillState === 'running' || fillState === 'pending') && filled > 0;
  if (!isGoing || fillingSeconds === null || fillingSeconds < ratedAfterSeconds) {
    return { documentsPerMinute: null, etaSeconds: null };
  }
  return {
    documentsPerMinute: Math.round((filled / fillingSeconds) * 600) / 10,
    etaSeconds: Math.ceil((Math.max(0, live - documents) * fillingSeconds) / filled),
  };
}

/** Everything that was given up is in line again: documents, and spaces that are searched or being filled. Returns how many documents. */
export async function retryIndex(
  { db, queues }: Pick<Deps, 'db' | 'queues'>,
  workspaceId: string,
): Promise<{ documents: number }> {
  const documents = await requestFailedDocuments(db, workspaceId);
  for (const { documentId, requestedAt, attempt } of documents.slice(0, enqueuedMax)) {
    queues.enqueue('indexDocument', { workspaceId, documentId }, indexingKey(documentId, requestedAt, attempt));
  }
  for (const due of await requestFailedFillings(db, workspaceId)) enqueueFilling(queues, due);
  return { documents: documents.length };
}
