import { expect, test } from 'vitest';
import type { JobPayload } from '../queue/jobs.ts';
import type { Queues } from '../queue/queues.ts';
import { enqueueDue } from './documents.ts';

const due = (workspaceId: string, count: number, attempt: number) =>
  Array.from({ length: count }, (_, index) => ({
    workspaceId,
    documentId: `${workspaceId}-${attempt}-${index}`,
    requestedAt: new Date(0),
    attempt,
  }));

function enqueued(documents: ReturnType<typeof due>): string[] {
  const jobs: JobPayload<'indexDocument'>[] = [];
  const queues: Queues = {
    enqueue: (_name, payload) => void ('documentId' in payload && jobs.push(payload)),
    depths: async () => ({}),
    close: async () => undefined,
  };
  enqueueDue(queues, documents);
  return jobs.map(({ documentId }) => documentId);
}

test('documents of a workspace share jobs, and no workspace goes without one', () => {
  expect(enqueued([...due('one', 60, 0), ...due('two', 1, 0)])).toEqual(['one-0-0', 'one-0-50', 'two-0-0']);
});

test('what may have ended the others has a job of its own', () => {
  expect(enqueued([...due('one', 3, 2), ...due('one', 3, 1)])).toEqual(['one-2-0', 'one-2-1', 'one-2-2', 'one-1-0']);
});
