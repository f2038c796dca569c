import { afterAll, beforeAll, expect, test } from 'vitest';
import { recalibrate } from '../../server/knowledge/calibrate.ts';
import {
  claimCalibration,
  listCalibratedSpaces,
  listLeftCalibrations,
  saveSemanticShare,
} from '../../server/knowledge/calibration-queries.ts';
import type { Encoder } from '../../server/knowledge/encoder.ts';
import { settleSearch } from '../../server/knowledge/settle-search.ts';
import { createLog } from '../../server/log.ts';
import { startKnowledge } from '../support/knowledge-fixture.ts';

let knowledge: Awaited<ReturnType<typeof startKnowledge>>;
let workspaceId: string;
const subjects = [
  'boots',
  'tents',
  'stoves',
  'ropes',
  'maps',
  'lamps',
  'gloves',
  'skis',
  'bottles',
  'jackets',
  'knives',
];

beforeAll(async () => {
  knowledge = await startKnowledge();
  workspaceId = await knowledge.createWorkspace();
  for (const subject of subjects) {
    const body = `We take ${subject} back within 30 days. Send the ${subject} with the label that lay in the parcel.`;
    await knowledge.write(workspaceId, { externalId: subject, title: `How to return ${subject}`, body });
  }
  await knowledge.runJobs();
}, 120_000);
afterAll(() => knowledge.stop());

const find = async () => {
  const { db, encoder } = knowledge.deps;
  const spaces = await listCalibratedSpaces(db, encoder.space);
  return spaces.find((space) => space.workspaceId === workspaceId);
};

test('a calibration on demand is done though no document has changed, and is what searches use from then on', async () => {
  const { db, encoder } = knowledge.deps;
  const made = (await find())?.calibration;
  expect(made).toBeDefined();
  await db.query(`update embedding_spaces set calibration = jsonb_set(calibration, '{bias}', '9')`);
  expect((await knowledge.find(workspaceId, 'volcanoes')).confidence).toBeGreaterThan(0.9);
  expect(await claimCalibration(db, workspaceId, encoder.space, subjects.length)).toBe(false);
  const fitted = await recalibrate(knowledge.deps, workspaceId);
  expect(fitted?.bias).toBeCloseTo(made?.bias ?? Number.NaN);
  expect((await find())?.calibration).toEqual(fitted);
  expect((await knowledge.find(workspaceId, 'volcanoes')).confidence).toBeLessThan(0.5);
});

test('a workspace of a few documents is not fitted to, and keeps the usual calibration', async () => {
  const small = await knowledge.createWorkspace();
  await knowledge.write(small, { title: 'Opening hours', body: 'We are open from nine to five.' });
  await knowledge.runJobs();
  expect(await recalibrate(knowledge.deps, small)).toBeUndefined();
  const spaces = await listCalibratedSpaces(knowledge.deps.db, knowledge.deps.encoder.space);
  expect(spaces.find((space) => space.workspaceId === small)).toMatchObject({ calibration: undefined });
});

test('a share of meaning is kept for one space of one workspace, and can be taken back', async () => {
  const { db } = knowledge.deps;
  const spaceId = (await find())?.spaceId ?? '';
  const kept = async () => {
    const { rows } = await db.query<{ share: number | null }>(
      'select semantic_share as share from embedding_spaces where workspace_id = $1 and id = $2',
      [workspaceId, spaceId],
    );
    return rows[0]?.share;
  };
  expect(await saveSemanticShare(db, workspaceId, spaceId, 0.25)).toBe(true);
  expect(await kept()).toBe(0.25);
  const stranger = await knowledge.createWorkspace();
  expect(await saveSemanticShare(db, stranger, spaceId, 0.75)).toBe(false);
  expect(await kept()).toBe(0.25);
  expect(await saveSemanticShare(db, workspaceId, spaceId, null)).toBe(true);
  expect(await kept()).toBeNull();
});

const never = AbortSignal.any([]);

test('a calibration ends with its process, quietly, and is taken up again', async () => {
  const { db, encoder } = knowledge.deps;
  await db.query(`update embedding_spaces set calibrated_documents = 0, calibration = null where workspace_id = $1`, [
    workspaceId,
  ]);
  const stop = new AbortController();
  const hanging: Encoder = {
    ...encoder,
    embed: (_texts, _kind, signal) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        stop.abort(new Error('the process stops'));
      }),
  };
  const logged: string[] = [];
  const log = createLog('debug', { write: (line) => void logged.push(line) });
  await settleSearch({ ...knowledge.deps, encoder: hanging, log }, workspaceId, stop.signal);
  expect(logged).toEqual([]);
  expect((await find())?.calibration).toBe(undefined);
  expect(await listLeftCalibrations(db, 10)).toEqual([workspaceId]);
  await settleSearch(knowledge.deps, workspaceId, never);
  expect((await find())?.calibration).toBeDefined();
  expect(await listLeftCalibrations(db, 10)).toEqual([]);
});

test('a calibration that fails is told, and left to the next document', async () => {
  const { db, encoder } = knowledge.deps;
  await db.query(`update embedding_spaces set calibrated_documents = 0 where workspace_id = $1`, [workspaceId]);
  const failing: Encoder = { ...encoder, embed: () => Promise.reject(new Error('no vectors today')) };
  const logged: string[] = [];
  const log = createLog('warn', { write: (line) => void logged.push(line) });
  await settleSearch({ ...knowledge.deps, encoder: failing, log }, workspaceId, never);
  expect(logged).toEqual([expect.stringContaining('search not settled')]);
  expect(await listLeftCalibrations(db, 10)).toEqual([]);
  expect(await claimCalibration(db, workspaceId, encoder.space, subjects.length)).toBe(true);
});

test('a calibration that was left and is not due any more is not asked for again', async () => {
  const { db } = knowledge.deps;
  await db.query(
    `update embedding_spaces set calibrated_documents = $2, calibration_started_at = now() - interval '1 hour' where workspace_id = $1`,
    [workspaceId, subjects.length],
  );
  expect(await listLeftCalibrations(db, 10)).toEqual([workspaceId]);
  await settleSearch(knowledge.deps, workspaceId, never);
  expect(await listLeftCalibrations(db, 10)).toEqual([]);
});
