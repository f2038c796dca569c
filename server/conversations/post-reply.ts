import type { AnswerKind, TurnOutcome } from '../../protocol/answer.ts';
import type { HandoffReason } from '../../protocol/conversation.ts';
import type { Decision } from '../answering/decision.ts';
import type { PoolClient } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { announceCompleted, announceConversation, announceMessage } from './announce.ts';
import { type ConversationRow, lockConversation } from './conversation-queries.ts';
import { insertMessage, type MessageRow } from './message-queries.ts';
import { assistantMaySpeak } from './state-machine.ts';
import { transition } from './transition.ts';
import { finishTurn, lockRunningTurn, type TurnRow } from './turn-queries.ts';

const outcomes: Record<AnswerKind, TurnOutcome> = {
  answer: 'answered',
  clarify: 'clarified',
  abstain: 'abstained',
  handoff: 'handed_off',
};

const handoffReasons: Record<string, HandoffReason> = {
  customer_asked: 'customer_asked',
  not_known: 'not_known',
  answering_failed: 'answering_failed',
  answering_timed_out: 'answering_timed_out',
  must_not_answer: 'must_not_answer',
};

export type Reply = { messageId: string; decision: Decision };

/** Thrown when a cited chunk is no longer there: the articles changed while the assistant was writing, so it must look again. */
export class CitationGone extends Error {
  override name = 'CitationGone';
}

/**
 * Says what the assistant decided, and ends its turn, in one transaction. Says nothing, and returns undefined, when the turn
 * was overtaken by a newer message, taken by another worker, or the conversation is no longer the assistant's.
 */
export async function postReply(
  deps: Pick<Deps, 'db' | 'publish' | 'queues' | 'log'>,
  turn: TurnRow,
  { messageId, decision }: Reply,
): Promise<MessageRow | undefined> {
  const posted = await transaction(deps.db, async (tx) => {
    const conversation = await lockConversation(tx, turn.workspaceId, turn.conversationId);
    if (!conversation || !assistantMaySpeak(conversation.state) || !(await lockRunningTurn(tx, turn))) return undefined;
    await requireCited(tx, turn.workspaceId, decision);
    const message = await insertMessage(tx, conversation, {
      id: messageId,
      author: { kind: 'assistant', name: 'Assistant' },
      body: decision.text,
      citations: decision.citations,
      offer: decision.kind === 'abstain' ? 'human' : undefined,
      turnId: turn.id,
      confidence: decision.kind === 'answer' ? decision.confidence : undefined,
    });
    await finishTurn(tx, turn, { state: 'done', outcome: outcomes[decision.kind], messageId, trace: decision.turn });
    if (decision.kind === 'handoff') await handOff(tx, conversation, decision);
    return { message, customerId: conversation.customerId };
  });
  if (!posted) return undefined;
  const scope = { workspaceId: turn.workspaceId, conversationId: turn.conversationId, customerId: posted.customerId };
  announceMessage(deps, scope, posted.message);
  announceCompleted(deps, scope, posted.message);
  void announceConversation(deps, turn.workspaceId, turn.conversationId);
  if (decision.kind === 'handoff') deps.queues.enqueue('routeHandoffs', { workspaceId: turn.workspaceId }, newId());
  return posted.message;
}

async function handOff(tx: PoolClient, conversation: ConversationRow, decision: Decision): Promise<void> {
  const reason = handoffReasons[decision.reason ?? ''] ?? 'not_known';
  await transition(tx, conversation, {
    event: 'hand_off',
    actor: { kind: 'assistant' },
    reason,
    handoff: { reason, trace: decision.turn },
  });
}

/**
 * A citation points to a chunk that still exists, and that customers may still see, when the message is committed. The document is
 * locked first, as whoever replaces or hides it does: then its chunks stay as they are.
 */
async function requireCited(tx: PoolClient, workspaceId: string, decision: Decision): Promise<void> {
  const documentIds = [...new Set(decision.citations.map((citation) => citation.documentId))];
  const chunkIds = [...new Set(decision.citations.map((citation) => citation.chunkId))];
  if (chunkIds.length === 0) return;
  const shown = await tx.query(
    `select 1 from documents where workspace_id = $1 and id = any($2::uuid[]) and audience = 'public' and status = 'published'
     order by id for share`,
    [workspaceId, documentIds],
  );
  const found = await tx.query('select 1 from chunks where workspace_id = $1 and id = any($2::uuid[]) for share', [
    workspaceId,
    chunkIds,
  ]);
  if (shown.rowCount !== documentIds.length || found.rowCount !== chunkIds.length) throw new CitationGone();
}
