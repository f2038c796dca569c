import type { HistoryEntry } from '../../protocol/knowledge.ts';
import type { Db } from '../db/pool.ts';
import { listRecentPublicMessages, type MessageRow } from './message-queries.ts';
import { listOvertakenSeqs, listRecentOutcomes } from './turn-queries.ts';

/** How many messages are looked at; the answering side cuts them further to its budget of tokens. */
const recentMessages = 40;

export type TurnContext = {
  /** What the customer asks: the message, after those that it overtook, oldest first. */
  question: string;
  history: HistoryEntry[];
  humanOffered: boolean;
  failedBefore: number;
};

/**
 * What a turn needs to know of its conversation. Messages whose turns were overtaken belong to the question: the customer who
 * writes three lines in a row asked one thing. What a person dealt with does not.
 */
export async function readTurnContext(
  db: Db,
  input: { workspaceId: string; conversationId: string; throughSeq: number },
): Promise<TurnContext> {
  const messages = await listRecentPublicMessages(db, { ...input, limit: recentMessages });
  const spoken = messages.filter((message) => message.authorKind !== 'system');
  const overtaken = await listOvertakenSeqs(db, input.workspaceId, input.conversationId);
  const before = spoken.findLastIndex((message) => message.seq !== input.throughSeq && !overtaken.has(message.seq));
  const outcomes = await listRecentOutcomes(db, input.workspaceId, input.conversationId, 3);
  const answered = outcomes.findIndex(({ outcome }) => outcome !== 'abstained');
  return {
    question: spoken
      .slice(before + 1)
      .map((message) => message.body)
      .join('\n\n'),
    history: spoken.slice(0, before + 1).map(toHistory),
    humanOffered: spoken[before]?.offer === 'human',
    failedBefore: answered === -1 ? outcomes.length : answered,
  };
}

const toHistory = (message: MessageRow): HistoryEntry => ({
  role: message.authorKind === 'customer' ? 'customer' : 'assistant',
  body: message.body,
});
