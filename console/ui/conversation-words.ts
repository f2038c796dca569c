import type { AgentConversation, HandoffReason, Priority } from '../../protocol/conversation.ts';

export const handoffReasonWords: Record<HandoffReason, string> = {
  customer_asked: 'The customer asked for a person.',
  not_known: 'The assistant did not know.',
  answering_failed: 'The assistant could not answer because something failed.',
  answering_timed_out: 'The assistant took too long.',
  must_not_answer: 'The assistant must not answer this.',
  agent_offline: 'The agent who held it went offline.',
  agent_returned: 'An agent put it back in the queue.',
  agent_asked: 'An agent put it in the queue.',
  customer_returned: 'The customer came back.',
};

export const priorityWords: Record<Priority, string> = { low: 'Low', normal: 'Normal', high: 'High', urgent: 'Urgent' };

export function stateWords(conversation: Pick<AgentConversation, 'state' | 'assignee'>, selfId: string): string {
  switch (conversation.state) {
    case 'assistant':
      return 'Assistant';
    case 'waiting':
      return 'Waiting';
    case 'agent':
      return conversation.assignee?.id === selfId ? 'Yours' : (conversation.assignee?.name ?? 'Agent');
    case 'snoozed':
      return 'Snoozed';
    case 'resolved':
      return 'Resolved';
  }
}
