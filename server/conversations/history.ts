import type { HistoryEntry } from '../../protocol/knowledge.ts';
import type { Db } from '../db/pool.ts';
import { listRecentPublicMessages, type MessageRow } from './message-queries.ts';
import { listRecentOutcomes } from './turn-queries.ts';

/** How many messages are looked at; the answering side cuts them further to its budget of tokens. */
const recentMessages = 40;

export type TurnContext = {
  /** Everything the customer said since they were last answered, oldest first. */
  question: string;
  history: HistoryEntry[];
  humanOffered: boolean;
  failedBefore: number;
};

/**
 * What a turn needs to know of its conversation. Messages that were overtaken before they were answered belong to the
 * question: the customer who writes three lines in a row asked one thing.
 */
export async function readTurnContext(
  db: Db,
  input: { workspaceId: string; conversationId: string; throughSeq: number },
): Promise<TurnContext> {
  const messages = await listRecentPublicMessages(db, { ...input, limit: recentMessages });
  const spoken = messages.filter((message) => message.authorKind !== 'system');
  const lastReply = spoken.findLastIndex((message) => message.authorKind !== 'customer');
  const outcomes = await listRecentOutcomes(db, input.workspaceId, input.conversationId, 3);
  const answered = outcomes.findIndex(({ outcome }) => outcome !== 'abstained');
  return {
    question: spoken
      .slice(lastReply + 1)
      .map((message) => message.body)
      .join('\n\n'),
    history: spoken.slice(0, lastReply + 1).map(toHistory),
    humanOffered: spoken[lastReply]?.offer === 'human',
    failedBefore: answered === -1 ? outcomes.length : answered,
  };
}

const toHistory = (message: MessageRow): HistoryEntry => ({
  role: message.authorKind === 'customer' ? 'customer' : 'assistant',
  body: message.body,
});
