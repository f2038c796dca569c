import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConversationState, conversationState } from '../../protocol/conversation.ts';
import { assistantMaySpeak, type ConversationEvent, conversationEvents, nextState } from './state-machine.ts';

const states = conversationState.options;
const anyEvents = fc.array(fc.constantFrom(...conversationEvents), { maxLength: 30 });

/** The states along a run; an event that is not possible leaves the state as it is. */
function run(events: ConversationEvent[]): ConversationState[] {
  const path: ConversationState[] = ['assistant'];
  for (const event of events) path.push(nextState(path.at(-1) ?? 'assistant', event) ?? path.at(-1) ?? 'assistant');
  return path;
}

describe('the state of a conversation', () => {
  it('is always one that is known, whatever happens', () => {
    fc.assert(fc.property(anyEvents, (events) => run(events).every((state) => states.includes(state))));
  });

  it('comes back to the assistant only when a customer writes to a resolved conversation', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const path = run(events);
        return path.every((state, at) => {
          if (at === 0 || state !== 'assistant' || path[at - 1] === 'assistant') return true;
          return path[at - 1] === 'resolved' && events[at - 1] === 'customer_message';
        });
      }),
    );
  });

  it('can always be taken by an agent, put into the queue, and resolved unless it is', () => {
    for (const state of states) {
      expect(nextState(state, 'claim')).toBe('agent');
      expect(nextState(state, 'hand_off')).toBe('waiting');
      expect(nextState(state, 'resolve')).toBe(state === 'resolved' ? undefined : 'resolved');
    }
  });

  it('never strands a customer who writes: someone owns the conversation after it', () => {
    for (const state of states) {
      const owner = nextState(state, 'customer_message') ?? nextState(state, 'wake_to_queue');
      expect(owner).toBeDefined();
      expect(owner).not.toBe('resolved');
      expect(owner).not.toBe('snoozed');
    }
  });

  it('is snoozed only out of the hands of an agent', () => {
    const from = states.filter((state) => nextState(state, 'snooze'));
    expect(from).toEqual(['agent', 'snoozed']);
  });

  it('lets the assistant speak in its own state and in no other', () => {
    expect(states.filter(assistantMaySpeak)).toEqual(['assistant']);
  });
});
