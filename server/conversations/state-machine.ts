import type { ConversationState } from '../../protocol/conversation.ts';

/**
 * assistant → waiting → agent → resolved, and snoozed.
 *
 * - `assistant`: the assistant deals with what the customer says.
 * - `waiting`: in the agents' queue; the assistant is silent.
 * - `agent`: an agent holds it; the assistant is silent.
 * - `snoozed`: an agent put it off; wakes at a time, or with the customer's next message.
 * - `resolved`: dealt with; the customer's next message opens it again.
 */
export type ConversationEvent =
  | 'customer_message'
  | 'hand_off'
  | 'claim'
  | 'resolve'
  | 'reopen'
  | 'snooze'
  | 'wake_to_agent'
  | 'wake_to_queue';

export const conversationEvents: readonly ConversationEvent[] = [
  'customer_message',
  'hand_off',
  'claim',
  'resolve',
  'reopen',
  'snooze',
  'wake_to_agent',
  'wake_to_queue',
];

/** What may follow what. An event that is not listed is not possible in that state. */
const transitions: Record<ConversationState, Partial<Record<ConversationEvent, ConversationState>>> = {
  assistant: { customer_message: 'assistant', hand_off: 'waiting', claim: 'agent', resolve: 'resolved' },
  waiting: { customer_message: 'waiting', hand_off: 'waiting', claim: 'agent', resolve: 'resolved' },
  agent: { customer_message: 'agent', hand_off: 'waiting', claim: 'agent', resolve: 'resolved', snooze: 'snoozed' },
  snoozed: {
    hand_off: 'waiting',
    claim: 'agent',
    resolve: 'resolved',
    snooze: 'snoozed',
    wake_to_agent: 'agent',
    wake_to_queue: 'waiting',
  },
  resolved: { customer_message: 'assistant', hand_off: 'waiting', claim: 'agent', reopen: 'agent' },
};

/** The state after the event, or undefined where the event is not possible. */
export function nextState(state: ConversationState, event: ConversationEvent): ConversationState | undefined {
  return transitions[state][event];
}

/** Whether the assistant may speak. */
export const assistantMaySpeak = (state: ConversationState): boolean => state === 'assistant';
