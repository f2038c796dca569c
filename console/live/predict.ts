import type { AgentConversation, ConversationState } from '../../protocol/conversation.ts';
import type { ConversationCommand } from '../api/calls.ts';

export type Person = { id: string; name: string };

/** Which commands the state allows; the server has the last word. */
const allowed: Record<ConversationState, readonly ConversationCommand['kind'][]> = {
  assistant: ['claim', 'assign', 'resolve', 'handoff'],
  waiting: ['claim', 'assign', 'resolve'],
  agent: ['claim', 'assign', 'resolve', 'snooze', 'handoff'],
  snoozed: ['claim', 'assign', 'resolve', 'snooze', 'handoff'],
  resolved: ['reopen', 'claim', 'assign', 'handoff'],
};

export function mayDo(conversation: AgentConversation, kind: ConversationCommand['kind'], self: Person): boolean {
  if (kind === 'claim' && conversation.state === 'agent' && conversation.assignee?.id === self.id) return false;
  return allowed[conversation.state].includes(kind);
}

/** How the conversation will look when the server agrees, shown until it answers. */
export function predict(
  conversation: AgentConversation,
  command: ConversationCommand,
  self: Person,
  agents: readonly Person[],
): AgentConversation {
  const { queue: _queue, snoozedUntil: _until, assignee, ...rest } = conversation;
  const held = (by: Person): AgentConversation => ({ ...rest, state: 'agent', assignee: { id: by.id, name: by.name } });
  switch (command.kind) {
    case 'claim':
    case 'reopen':
      return held(self);
    case 'assign':
      return held(agents.find((agent) => agent.id === command.agentId) ?? { id: command.agentId, name: 'Agent' });
    case 'resolve':
      return { ...rest, state: 'resolved' };
    case 'snooze':
      return { ...rest, state: 'snoozed', assignee: assignee ?? self, snoozedUntil: command.until };
    case 'handoff':
      return { ...rest, state: 'waiting' };
  }
}

/** The command that takes it back, from how the conversation was; undefined where nothing can. */
export function undoOf(
  before: AgentConversation,
  command: ConversationCommand,
  self: Person,
): ConversationCommand | undefined {
  const backToQueue: ConversationCommand = { kind: 'handoff', reason: 'Put back in the queue.' };
  if (command.kind === 'snooze') return before.state === 'agent' ? backToHolder(before, self) : undefined;
  switch (before.state) {
    case 'waiting':
      return backToQueue;
    case 'agent':
      return command.kind === 'resolve' && before.assignee?.id === self.id
        ? { kind: 'reopen' }
        : backToHolder(before, self);
    case 'snoozed':
      return before.snoozedUntil && before.assignee?.id === self.id && command.kind !== 'resolve'
        ? { kind: 'snooze', until: before.snoozedUntil }
        : undefined;
    case 'resolved':
      return command.kind === 'handoff' ? undefined : { kind: 'resolve' };
    case 'assistant':
      // Nothing gives a conversation back to the assistant, but a resolved one can at least be opened again.
      return command.kind === 'resolve' ? { kind: 'reopen' } : undefined;
  }
}

function backToHolder(before: AgentConversation, self: Person): ConversationCommand | undefined {
  if (!before.assignee) return undefined;
  return before.assignee.id === self.id ? { kind: 'claim' } : { kind: 'assign', agentId: before.assignee.id };
}

/** What was done, for the notice that offers to undo it. */
export function wordsOf(command: ConversationCommand, agents: readonly Person[], self: Person): string {
  switch (command.kind) {
    case 'claim':
      return 'The conversation is yours.';
    case 'assign':
      if (command.agentId === self.id) return 'The conversation is yours.';
      return `Assigned to ${agents.find((agent) => agent.id === command.agentId)?.name ?? 'the agent'}.`;
    case 'resolve':
      return 'Resolved.';
    case 'reopen':
      return 'Reopened. The conversation is yours.';
    case 'snooze':
      return 'Snoozed. It wakes at the time you chose, or when the customer writes.';
    case 'handoff':
      return 'Put back in the queue.';
  }
}
