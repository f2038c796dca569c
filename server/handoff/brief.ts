import type { TurnOutcome, TurnTrace } from '../../protocol/answer.ts';
import type { HandoffBrief } from '../../protocol/conversation.ts';
import { listRecentPublicMessages } from '../conversations/message-queries.ts';
import { listRecentOutcomes } from '../conversations/turn-queries.ts';
import type { PoolClient } from '../db/pool.ts';

const outcomeWords: Record<TurnOutcome, string> = {
  answered: 'Answered from the articles',
  clarified: 'Asked a question back',
  abstained: 'Did not know',
  handed_off: 'Handed off',
  superseded: 'Overtaken by a newer message',
  withdrawn: 'Answer withdrawn: no support in the articles',
};

const askedMax = 600;
const foundMax = 5;

/** What the agent needs to take over: what was asked, what was tried, what was found. */
export async function writeBrief(
  tx: PoolClient,
  conversation: { workspaceId: string; id: string; lastSeq: number },
  current?: TurnTrace,
): Promise<HandoffBrief> {
  const { workspaceId, id } = conversation;
  const messages = await listRecentPublicMessages(tx, {
    workspaceId,
    conversationId: id,
    throughSeq: conversation.lastSeq,
    limit: 12,
  });
  const asked = messages
    .filter((message) => message.authorKind === 'customer')
    .slice(-3)
    .map((message) => message.body.trim());
  const turns = await listRecentOutcomes(tx, workspaceId, id, 5);
  const traces = [current, ...turns.map((turn) => turn.trace)].filter((trace) => trace !== undefined && trace !== null);
  const found = new Map<string, HandoffBrief['found'][number]>();
  for (const candidate of traces.flatMap((trace) => trace.candidates.slice(0, 3))) {
    if (found.size < foundMax && !found.has(candidate.documentId)) {
      found.set(candidate.documentId, { title: candidate.title, url: null, documentId: candidate.documentId });
    }
  }
  return {
    asked: asked.join('\n\n').slice(-askedMax),
    tried: turns.reverse().map((turn) => ({ question: turn.trace?.query ?? '', outcome: outcomeWords[turn.outcome] })),
    found: [...found.values()],
  };
}
