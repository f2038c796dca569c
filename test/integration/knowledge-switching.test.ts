import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listDueFillings } from '../../server/knowledge/space-queries.ts';
import { fillSpaceAgain, openSpaces } from '../../server/knowledge/spaces.ts';
import { createLog } from '../../server/log.ts';
import { isPositive, ModelChange } from '../support/model-change.ts';
import { encodersOf } from '../support/word-encoder.ts';

const spaces = new ModelChange();
beforeAll(() => spaces.start(), 60_000);
afterAll(() => spaces.stop());
beforeEach(() => spaces.begin());

describe('a switch', () => {
  test('is undone at once, stays undone at the next start, and what was written meanwhile is filled', async () => {
    const { oldSpace } = await spaces.change();
    await spaces.write({ title: 'Later', body: 'Written after the switch.' });
    await spaces.index(spaces.withNext());
    await spaces.activate(oldSpace.id);
    expect(await spaces.spaceOf('old')).toMatchObject({
      state: 'active',
      fill: { state: 'pending', documents: 3, total: 4 },
    });
    const later = async () =>
      (await spaces.find('later written after the switch')).results.find((result) => result.title === 'Later');
    expect(await later()).toMatchObject({ semantic: 0 });
    await openSpaces(spaces.withNext());
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    expect(await spaces.spaceOf('old')).toMatchObject({ state: 'active', fill: { state: 'done', documents: 4 } });
    expect(await spaces.spaceOf('next')).toMatchObject({ state: 'kept', configured: true });
    expect(await later()).toMatchObject({ semantic: expect.toSatisfy(isPositive) });
  });

  test('done twice, or by two at once, is as done once', async () => {
    const { oldSpace, nextSpace } = await spaces.change();
    const activatedAt = nextSpace.activatedAt;
    await spaces.activate(nextSpace.id);
    expect((await spaces.spaceOf('next')).activatedAt).toBe(activatedAt);
    await Promise.all([spaces.activate(oldSpace.id), spaces.activate(oldSpace.id), spaces.activate(nextSpace.id)]);
    expect((await spaces.health()).spaces.filter((space) => space.state === 'active')).toHaveLength(1);
  });

  test('to a space that lacks documents is refused, unless it is forced', async () => {
    await spaces.writeAll(3);
    await openSpaces(spaces.withNext());
    const { id } = await spaces.spaceOf('next');
    await expect(spaces.activate(id)).rejects.toMatchObject({
      code: 'transition_not_allowed',
      publicMessage: expect.stringContaining('does not have the vectors of all documents yet'),
    });
    await spaces.activate(id, true);
    expect(await spaces.spaceOf('next')).toMatchObject({ state: 'active' });
    expect((await spaces.find('word1')).results[0]).toMatchObject({ title: 'Topic 1', semantic: 0 });
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    expect((await spaces.find('word1')).results[0]).toMatchObject({
      title: 'Topic 1',
      semantic: expect.toSatisfy(isPositive),
    });
  });

  test('a space that does not switch itself waits until somebody does', async () => {
    await spaces.writeAll(3);
    await openSpaces(spaces.withNext());
    const { id } = await spaces.spaceOf('next');
    await spaces.knowledge.deps.db.query('update embedding_spaces set switches_itself = false where id = $1', [id]);
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    expect(await spaces.spaceOf('next')).toMatchObject({ state: 'filling', fill: { state: 'done', documents: 3 } });
    await spaces.write({ title: 'Later', body: 'Written when it was full.' });
    await spaces.index(spaces.withNext());
    expect(await spaces.spaceOf('next')).toMatchObject({ fill: { state: 'pending', documents: 3, total: 4 } });
    await spaces.makeDue();
    await spaces.fill(id);
    await spaces.activate(id);
    expect(await spaces.spaceOf('next')).toMatchObject({ state: 'active', fill: { state: 'done', documents: 4 } });
  });

  test('while documents are indexed leaves none of them without its vector', async () => {
    const { oldSpace, nextSpace } = await spaces.change();
    const moves = [oldSpace.id, nextSpace.id, oldSpace.id];
    for (const encoder of [spaces.old, spaces.next]) {
      encoder.before = async (texts) => {
        const spaceId = texts.some((text) => text.includes('moving')) ? moves.shift() : undefined;
        if (spaceId) await spaces.activate(spaceId);
      };
    }
    await spaces.write({ title: 'Moving', body: 'A moving text.' });
    await spaces.index(spaces.withNext());
    await spaces.makeDue();
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    for (const due of await listDueFillings(spaces.knowledge.deps.db, 0, 10)) await spaces.fill(due.spaceId);
    const active = (await spaces.health()).spaces.find((space) => space.state === 'active');
    expect(active?.fill).toMatchObject({ state: 'done', documents: 4, total: 4 });
  });
});

describe('a kept space whose model EMBEDDING_MODEL names again', () => {
  async function nameOldAgain(): Promise<string> {
    const { oldSpace } = await spaces.change();
    await spaces.write({ title: 'Later', body: 'Written after the switch.' });
    await spaces.index(spaces.withNext());
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    return oldSpace.id;
  }
  const namedAgain = () => ({ ...spaces.knowledge.deps, ...encodersOf(spaces.old, spaces.next) });
  const later = async () =>
    (await spaces.find('later written after the switch', namedAgain())).results.find(({ title }) => title === 'Later');

  test('is not switched to by itself, and the log says so', async () => {
    const id = await nameOldAgain();
    const logged: Record<string, unknown>[] = [];
    const log = createLog('warn', { write: (line) => void logged.push(JSON.parse(line)) });
    await openSpaces({ ...namedAgain(), log });
    await spaces.knowledge.runSpaceJobs(namedAgain());
    expect(await spaces.spaceOf('old', namedAgain())).toMatchObject({
      state: 'kept',
      configured: true,
      fill: { documents: 3, total: 4 },
    });
    expect(await spaces.spaceOf('next', namedAgain())).toMatchObject({ state: 'active', configured: false });
    expect(logged).toEqual([
      expect.objectContaining({
        msg: expect.stringContaining('EMBEDDING_MODEL names the model of kept spaces'),
        model: 'test:old',
        count: 1,
        spaces: [{ workspaceId: spaces.workspaceId, spaceId: id }],
      }),
    ]);
    logged.length = 0;
    await openSpaces({ ...spaces.withNext(), log });
    expect(logged).toEqual([]);
  });

  test('is searched by when it is activated, and what it lacks is filled in then', async () => {
    const id = await nameOldAgain();
    await spaces.activate(id);
    expect(await later()).toMatchObject({ semantic: 0 });
    await spaces.knowledge.runSpaceJobs(namedAgain());
    expect(await spaces.spaceOf('old')).toMatchObject({ state: 'active', fill: { state: 'done', documents: 4 } });
    expect(await later()).toMatchObject({ semantic: expect.toSatisfy(isPositive) });
  });

  test('that is filled first stays kept, and lacks nothing from its activation on', async () => {
    const id = await nameOldAgain();
    await fillSpaceAgain(namedAgain(), { workspaceId: spaces.workspaceId, spaceId: id });
    await spaces.knowledge.runSpaceJobs(namedAgain());
    expect(await spaces.spaceOf('old')).toMatchObject({
      state: 'kept',
      fill: { state: 'done', documents: 4, total: 4 },
    });
    await spaces.activate(id);
    expect(await later()).toMatchObject({ semantic: expect.toSatisfy(isPositive) });
    expect(spaces.knowledge.spaceJobs).toEqual([]);
  });
});
