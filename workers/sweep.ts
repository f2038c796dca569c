import { announceConversation } from '../server/conversations/announce.ts';
import { lockConversation } from '../server/conversations/conversation-queries.ts';
import { listUnfinishedTurns } from '../server/conversations/turn-queries.ts';
import { wakeConversation } from '../server/conversations/wake-conversation.ts';
import { transaction } from '../server/db/transaction.ts';
import type { Deps } from '../server/deps.ts';
import { giveUpTurn } from '../server/handoff/give-up-turn.ts';
import { listWorkspacesWithQueue } from '../server/handoff/queries.ts';
import { returnAbandoned } from '../server/handoff/return-abandoned.ts';
import { routeWaiting } from '../server/handoff/route-waiting.ts';
import { listLeftCalibrations } from '../server/knowledge/calibration-queries.ts';
import { enqueueDue } from '../server/knowledge/documents.ts';
import { listWithoutPostings } from '../server/knowledge/keep-postings.ts';
import { listDeletedSpaces } from '../server/knowledge/removal-queries.ts';
import { settlingKey } from '../server/knowledge/settle-search.ts';
import { listDueFillings } from '../server/knowledge/space-queries.ts';
import { enqueueFilling, removalKey } from '../server/knowledge/spaces.ts';
import { foldStats, listUnfolded } from '../server/knowledge/stats-queries.ts';
import { hasUnfinished, listUnfinishedDocuments } from '../server/knowledge/unfinished-documents.ts';
import { listDueRuns } from '../server/quality/run-queries.ts';
import { enqueueRun } from '../server/quality/start-run.ts';
import { announcePresence } from '../server/staff/announce-presence.ts';
import { deleteExpired } from '../server/staff/delete-expired.ts';
import { expirePresence } from '../server/staff/presence-queries.ts';

/** A job that has not begun after this long is taken for lost. */
const pendingForMs = 3_000;
const atOnce = 200;
/** Many of them share a job. */
const documentsAtOnce = 5_000;

/**
 * Postgres is the truth, Redis only a hint: whatever a row says is to be done and nobody is doing is asked for again, or, where
 * it cannot wait, done here without Redis. Every step stands alone; one that fails is tried again at the next round.
 */
export async function sweep(deps: Deps): Promise<void> {
  const steps = [
    sweepTurns,
    sweepDocuments,
    sweepSpaces,
    sweepStatistics,
    sweepSettling,
    sweepEvaluations,
    wakeSnoozed,
    sweepAgents,
    sweepExpired,
  ];
  for (const step of steps) {
    try {
      await step(deps);
    } catch (error) {
      deps.log.warn({ err: error, step: step.name }, 'sweep step failed');
    }
  }
}

async function sweepExpired(deps: Deps): Promise<void> {
  await deleteExpired(deps.db);
}

/** One that fails must not keep the others waiting: it is tried again at the next round. */
async function forEach<Item>(deps: Deps, items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      deps.log.warn({ err: error }, 'sweep item failed');
    }
  }
}

async function sweepTurns(deps: Deps): Promise<void> {
  await forEach(deps, await listUnfinishedTurns(deps.db, pendingForMs, atOnce), async (turn) => {
    if (turn.overdue) return giveUpTurn(deps, turn, 'answering_timed_out');
    const payload = { workspaceId: turn.workspaceId, turnId: turn.id };
    deps.queues.enqueue('answerTurn', payload, `${turn.id}-${turn.attempt}`);
  });
}

async function sweepDocuments(deps: Deps): Promise<void> {
  enqueueDue(deps.queues, await listUnfinishedDocuments(deps.db, pendingForMs, documentsAtOnce));
}

async function sweepSpaces(deps: Deps): Promise<void> {
  for (const due of await listDueFillings(deps.db, pendingForMs, atOnce)) enqueueFilling(deps.queues, due);
  for (const space of await listDeletedSpaces(deps.db, atOnce)) {
    deps.queues.enqueue('deleteSpace', space, removalKey(space.spaceId));
  }
}

/**
 * What deleted documents said leaves the statistics also when no document is indexed after them, and what indexed ones say comes to them
 * when their process has died; the rest of settling the search follows.
 */
async function sweepStatistics(deps: Deps): Promise<void> {
  await forEach(deps, await listUnfolded(deps.db, atOnce), async (workspaceId) => {
    if (await hasUnfinished(deps.db, workspaceId)) return;
    await transaction(deps.db, (tx) => foldStats(tx, workspaceId));
    deps.queues.enqueue('settleSearch', { workspaceId }, settlingKey(workspaceId));
  });
}

/** Calibrations and lists of postings that somebody began and left, and lists that are missing, as after an upgrade. */
async function sweepSettling(deps: Deps): Promise<void> {
  const left = [await listLeftCalibrations(deps.db, atOnce), await listWithoutPostings(deps.db, atOnce)];
  for (const workspaceId of new Set(left.flat())) {
    deps.queues.enqueue('settleSearch', { workspaceId }, settlingKey(workspaceId));
  }
}

async function sweepEvaluations(deps: Deps): Promise<void> {
  for (const due of await listDueRuns(deps.db, pendingForMs, atOnce)) enqueueRun(deps.queues, due);
}

async function wakeSnoozed(deps: Deps): Promise<void> {
  const due = await deps.db.query<{ workspaceId: string; id: string }>(
    `select workspace_id as "workspaceId", id from conversations where state = 'snoozed' and snoozed_until < now() limit $1`,
    [atOnce],
  );
  await forEach(deps, due.rows, async ({ workspaceId, id }) => {
    await transaction(deps.db, async (tx) => {
      const conversation = await lockConversation(tx, workspaceId, id);
      if (conversation?.state === 'snoozed')
        await wakeConversation(tx, conversation, { kind: 'system' }, 'the time came');
    });
    await announceConversation(deps, workspaceId, id);
  });
}

/** Agents who went; what they held; and everyone who waits. */
async function sweepAgents(deps: Deps): Promise<void> {
  const gone = await expirePresence(deps.db);
  await returnAbandoned(deps);
  for (const workspaceId of new Set(gone.map((agent) => agent.workspaceId))) {
    await announcePresence(deps, workspaceId);
  }
  await forEach(deps, await listWorkspacesWithQueue(deps.db), async (workspaceId) => {
    await routeWaiting(deps, workspaceId);
  });
}
