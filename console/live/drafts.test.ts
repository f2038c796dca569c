import { describe, expect, it } from 'vitest';
import { createDrafts, emptyDraft } from './drafts.ts';

function memory() {
  const held = new Map<string, string>();
  return {
    held,
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
    removeItem: (key: string) => void held.delete(key),
  };
}

describe('drafts', () => {
  it('keeps reply and note apart, by conversation and agent', () => {
    const storage = memory();
    createDrafts(storage, 'a1').save('c1', { reply: 'Hello', note: 'Careful', tab: 'note' });
    expect(createDrafts(storage, 'a1').load('c1')).toEqual({ reply: 'Hello', note: 'Careful', tab: 'note' });
    expect(createDrafts(storage, 'a1').load('c2')).toEqual(emptyDraft);
    expect(createDrafts(storage, 'a2').load('c1')).toEqual(emptyDraft);
  });

  it('leaves nothing behind when it is empty', () => {
    const storage = memory();
    const drafts = createDrafts(storage, 'a1');
    drafts.save('c1', { reply: 'Hello', note: '', tab: 'reply' });
    drafts.save('c1', emptyDraft);
    expect(storage.held.size).toBe(0);
  });

  it('brings back what was not sent as not sent', () => {
    const storage = memory();
    const message = {
      clientMessageId: 'm1',
      body: 'Hi',
      visibility: 'public' as const,
      createdAt: '2026-11-23T10:00:00.000Z',
      state: 'sending' as const,
    };
    createDrafts(storage, 'a1').saveOutbox('c1', [message]);
    expect(createDrafts(storage, 'a1').loadOutbox('c1')).toMatchObject([{ body: 'Hi', state: 'failed' }]);
  });

  it('survives storage that refuses and values that are not ours', () => {
    const refusing = {
      getItem: () => '{broken',
      setItem: () => {
        throw new Error('full');
      },
      removeItem: () => undefined,
    };
    const drafts = createDrafts(refusing, 'a1');
    drafts.save('c1', { reply: 'Hello', note: '', tab: 'reply' });
    expect(drafts.load('c1')).toEqual(emptyDraft);
    expect(drafts.loadOutbox('c1')).toEqual([]);
  });
});
