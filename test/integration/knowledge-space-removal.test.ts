import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fillSpaceAgain, openSpaces } from '../../server/knowledge/spaces.ts';
import { ModelChange } from '../support/model-change.ts';

const spaces = new ModelChange();
beforeAll(() => spaces.start(), 60_000);
afterAll(() => spaces.stop());
beforeEach(() => spaces.begin());

describe('a deleted space', () => {
  test('is gone at once with its vectors, and the active one cannot be deleted', async () => {
    await spaces.writeAll(3);
    await openSpaces(spaces.withNext());
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    const { id } = await spaces.spaceOf('old');
    await expect(spaces.remove((await spaces.spaceOf('next')).id)).rejects.toMatchObject({
      code: 'transition_not_allowed',
    });
    await spaces.remove(id);
    expect((await spaces.health()).spaces.map((space) => space.model)).toEqual(['test:next']);
    await expect(spaces.activate(id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      fillSpaceAgain(spaces.withNext(), { workspaceId: spaces.workspaceId, spaceId: id }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    expect(await spaces.countVectors(id)).toBe(0);
    const left = await spaces.knowledge.deps.db.query('select from embedding_spaces where id = $1', [id]);
    expect(left.rowCount).toBe(0);
  });

  test('is not written to by a filling that was under way', async () => {
    await spaces.writeAll(3);
    await openSpaces(spaces.withNext());
    const { id } = await spaces.spaceOf('next');
    spaces.next.before = () => spaces.remove(id);
    await spaces.fill(id);
    expect(await spaces.countVectors(id)).toBe(0);
    await spaces.knowledge.runSpaceJobs(spaces.withNext());
    expect((await spaces.health()).spaces.map((space) => space.state)).toEqual(['active']);
  });
});
