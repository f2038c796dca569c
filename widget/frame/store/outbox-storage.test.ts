import { expect, test } from 'vitest';
import { type KeyValue, memoryStorage } from '../storage.ts';
import { dropItem, markFailed, markSending, type Outbox, type OutboxItem, putItem } from './outbox.ts';
import { loadOutbox, mergeStored, saveOutbox } from './outbox-storage.ts';

const item = (clientMessageId: string, at: number): OutboxItem => ({
  clientMessageId,
  target: 'new:a',
  body: `body of ${clientMessageId}`,
  at,
  wantsHuman: false,
  state: 'queued',
});
const save = (storage: KeyValue, after: Outbox, before: Outbox = []) => saveOutbox(storage, before, after);

test('what was not sent is there after a reload, in order, to be sent again', () => {
  const storage = memoryStorage();
  const written = putItem(putItem([], item('b', 2)), item('a', 1));
  save(storage, markSending(written, 'a'), []);
  expect(loadOutbox(storage)).toMatchObject([
    { clientMessageId: 'a', state: 'queued' },
    { clientMessageId: 'b', state: 'queued' },
  ]);
});

test('a refusal is remembered with its reason', () => {
  const storage = memoryStorage();
  save(storage, markFailed([item('a', 1)], 'a', 'payload_too_large'));
  expect(loadOutbox(storage)).toMatchObject([{ state: 'failed', problem: 'payload_too_large' }]);
});

test('two tabs that write at the same time lose nothing of each other', () => {
  const storage = memoryStorage();
  save(storage, [item('mine', 1)]);
  save(storage, [item('theirs', 2)]);
  expect(mergeStored([item('mine', 1)], storage).map(({ clientMessageId }) => clientMessageId)).toEqual([
    'mine',
    'theirs',
  ]);
});

test('what another tab saw arrive leaves this one too', () => {
  const storage = memoryStorage();
  const both = [item('a', 1), item('b', 2)];
  save(storage, both);
  save(storage, dropItem(both, 'a'), both);
  expect(mergeStored(both, storage).map(({ clientMessageId }) => clientMessageId)).toEqual(['b']);
});

test('what is under way here stays so when another tab writes', () => {
  const storage = memoryStorage();
  save(storage, [item('a', 1)]);
  expect(mergeStored(markSending([item('a', 1)], 'a'), storage)).toMatchObject([{ state: 'sending' }]);
});

test('rubbish in the storage is passed over', () => {
  const storage = memoryStorage();
  storage.set('out:x', '{"body":3}');
  storage.set('out:y', 'not json');
  storage.set('token', 'ct_1');
  expect(loadOutbox(storage)).toEqual([]);
});
