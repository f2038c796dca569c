import type { OutgoingMessage } from './thread.ts';

/** What was being written in a conversation. Reply and note are kept apart: neither may become the other by a slip. */
export type Draft = { reply: string; note: string; tab: 'reply' | 'note' };

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;

export const emptyDraft: Draft = { reply: '', note: '', tab: 'reply' };

/**
 * Keeps drafts and messages that are not known to be stored across reloads, by agent: two people at one browser do not
 * see each other's. A browser that refuses storage only costs the keeping.
 */
export function createDrafts(storage: Storage, agentId: string) {
  const key = (kind: 'draft' | 'outbox', conversationId: string) => `parley:${kind}:${agentId}:${conversationId}`;

  const read = (name: string): unknown => {
    try {
      return JSON.parse(storage.getItem(name) ?? 'null');
    } catch {
      return null;
    }
  };
  const write = (name: string, value: unknown) => {
    try {
      if (value === undefined) storage.removeItem(name);
      else storage.setItem(name, JSON.stringify(value));
    } catch {
      // Full or forbidden.
    }
  };

  return {
    load(conversationId: string): Draft {
      const value = read(key('draft', conversationId));
      if (typeof value !== 'object' || value === null) return emptyDraft;
      const reply = 'reply' in value && typeof value.reply === 'string' ? value.reply : '';
      const note = 'note' in value && typeof value.note === 'string' ? value.note : '';
      return { reply, note, tab: 'tab' in value && value.tab === 'note' ? 'note' : 'reply' };
    },
    save(conversationId: string, draft: Draft) {
      const empty = draft.reply === '' && draft.note === '';
      write(key('draft', conversationId), empty ? undefined : draft);
    },
    loadOutbox(conversationId: string): OutgoingMessage[] {
      const value = read(key('outbox', conversationId));
      if (!Array.isArray(value)) return [];
      return value.filter(isOutgoing).map((message) => ({ ...message, state: 'failed', error: 'Not sent yet.' }));
    },
    saveOutbox(conversationId: string, outbox: readonly OutgoingMessage[]) {
      write(key('outbox', conversationId), outbox.length === 0 ? undefined : outbox);
    },
  };
}

function isOutgoing(value: unknown): value is OutgoingMessage {
  return (
    typeof value === 'object' &&
    value !== null &&
    'clientMessageId' in value &&
    typeof value.clientMessageId === 'string' &&
    'body' in value &&
    typeof value.body === 'string' &&
    'visibility' in value &&
    (value.visibility === 'public' || value.visibility === 'note') &&
    'createdAt' in value &&
    typeof value.createdAt === 'string'
  );
}
