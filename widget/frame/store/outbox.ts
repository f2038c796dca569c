/**
 * What the customer wrote and the server has not acknowledged: queued → sending → gone | queued again | failed.
 * Every item keeps its clientMessageId for life, so sending it again, from any tab, can never make a second message;
 * and an item goes out only after the ones before it in its conversation, so any number of tabs keep the order.
 */
import type { ErrorCode } from '../../../protocol/errors.ts';
import type { Message } from '../../../protocol/message.ts';

export type OutboxItem = {
  clientMessageId: string;
  /** A conversation's id, or the key of one that this item or an earlier one will open. */
  target: string;
  body: string;
  /** Milliseconds; the order of sending. */
  at: number;
  /** Ask for a human as soon as it has arrived. */
  wantsHuman: boolean;
  state: 'queued' | 'sending' | 'failed';
  /** Why it failed. */
  problem?: ErrorCode;
};

export type Outbox = readonly OutboxItem[];

export const newTarget = (clientMessageId: string) => `new:${clientMessageId}`;
export const isNewTarget = (target: string) => target.startsWith('new:');

const inOrder = (a: OutboxItem, b: OutboxItem) =>
  a.at - b.at || (a.clientMessageId < b.clientMessageId ? -1 : Number(a.clientMessageId > b.clientMessageId));

/** Adds it, or replaces the one with its clientMessageId. */
export const putItem = (outbox: Outbox, item: OutboxItem): Outbox =>
  [...outbox.filter((known) => known.clientMessageId !== item.clientMessageId), item].sort(inOrder);

export const dropItem = (outbox: Outbox, clientMessageId: string): Outbox =>
  outbox.filter((item) => item.clientMessageId !== clientMessageId);

/** A time after everything that waits already. */
export const nextTime = (outbox: Outbox, now: number) => Math.max(now, ...outbox.map((item) => item.at + 1));

const change = (outbox: Outbox, id: string, fields: Partial<OutboxItem>): Outbox =>
  outbox.map((item) => (item.clientMessageId === id ? { ...item, ...fields } : item));

/** The first of each conversation, where nothing of it is under way. A failed one holds up nobody. */
export function sendable(outbox: Outbox): OutboxItem[] {
  const targets = new Set<string>();
  return outbox.filter((item) => {
    if (item.state === 'failed' || targets.has(item.target)) return false;
    targets.add(item.target);
    return item.state === 'queued';
  });
}

export const markSending = (outbox: Outbox, id: string) => change(outbox, id, { state: 'sending' });
export const markQueued = (outbox: Outbox, id: string) => change(outbox, id, { state: 'queued', problem: undefined });
export const markFailed = (outbox: Outbox, id: string, problem: ErrorCode) =>
  change(outbox, id, { state: 'failed', problem });

/** After a cut nobody knows what arrived: all of it goes out again. */
export const requeueAll = (outbox: Outbox): Outbox =>
  outbox.map((item) => (item.state === 'sending' ? { ...item, state: 'queued' as const } : item));

/** The server has it. What waits for the conversation that it opened now knows its id. */
export function acknowledge(outbox: Outbox, clientMessageId: string, conversationId: string): Outbox {
  const item = outbox.find((known) => known.clientMessageId === clientMessageId);
  if (!item) return outbox;
  const opened = item.target;
  return dropItem(outbox, clientMessageId).map((other) =>
    other.target === opened && isNewTarget(opened) ? { ...other, target: conversationId } : other,
  );
}

/** Messages seen in a conversation are acknowledgements too: an ack may be lost where the message was not. */
export function acknowledgeSeen(outbox: Outbox, messages: readonly Message[]): Outbox {
  return messages.reduce(
    (rest, { clientMessageId, conversationId }) =>
      clientMessageId === undefined ? rest : acknowledge(rest, clientMessageId, conversationId),
    outbox,
  );
}

/** What is shown below the stored messages of a conversation. */
export const itemsOf = (outbox: Outbox, target: string) => outbox.filter((item) => item.target === target);
