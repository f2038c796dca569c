import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { retryIndex } from '../../server/knowledge/index-health.ts';
import { ModelChange } from '../support/model-change.ts';

const spaces = new ModelChange();
beforeAll(() => spaces.start(), 60_000);
afterAll(() => spaces.stop());
beforeEach(() => spaces.begin());

test('the health of an index tells what waits, what is stuck and what failed', async () => {
  await spaces.writeAll(2);
  const stuck = await spaces.write({ title: 'Stuck', body: 'A worker died with it.' });
  await spaces.write({ title: 'Waiting', body: 'Its job is lost.' });
  const failed = await spaces.write({ title: 'Failed', body: 'Nothing can read it.' });
  const { db } = spaces.knowledge.deps;
  await db.query(
    `update documents set index_state = 'running', index_attempt = 1, index_lease_until = now() - interval '1 minute',
       index_requested_at = '2026-01-02T03:04:05Z' where id = $1`,
    [stuck.document.id],
  );
  await db.query(
    `update documents set index_state = 'failed', index_error = 'Unreadable.', index_attempt = 3 where id = $1`,
    [failed.document.id],
  );
  expect(await spaces.health(spaces.withOld())).toMatchObject({
    documents: {
      pending: 1,
      running: 1,
      done: 2,
      failed: 1,
      oldestDueAt: '2026-01-02T03:04:05.000Z',
      donePerMinute: 2,
    },
    failures: [{ documentId: failed.document.id, title: 'Failed', error: 'Unreadable.', attempts: 3 }],
  });
  spaces.knowledge.jobs.length = 0;
  expect(await retryIndex(spaces.withOld(), spaces.workspaceId)).toEqual({ documents: 1 });
  expect(spaces.knowledge.jobs).toEqual([{ workspaceId: spaces.workspaceId, documentId: failed.document.id }]);
  await spaces.index(spaces.withOld());
  expect(await spaces.health(spaces.withOld())).toMatchObject({
    documents: { pending: 0, running: 0, done: 5, failed: 0, oldestDueAt: null },
    failures: [],
  });
});
