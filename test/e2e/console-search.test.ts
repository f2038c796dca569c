import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { newId } from '../../server/ids.ts';
import { articles } from '../support/articles.ts';
import { type ConsoleWorld, startConsoleWorld } from '../support/browser-world.ts';
import { type ConsolePage, openConsole } from '../support/console-page.ts';
import { closePages, findOverflow, findViolations, lookEverywhere, takeScreenshot } from '../support/watch-page.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsoleWorld();
});
afterAll(() => world?.stop());
afterEach((context) => closePages(world.browser, context));

async function openSearch(width = 1440, expected: RegExp[] = []): Promise<ConsolePage> {
  const viewport = { width, height: 900 };
  const console = await openConsole(world.browser, world.parley.url, {
    expected,
    storageState: world.session,
    reducedMotion: 'reduce',
    viewport,
  });
  await console.goTo('/quality?tab=search');
  return console;
}

async function search({ page }: ConsolePage, question: string): Promise<void> {
  await page.getByLabel('Question', { exact: true }).fill(question);
  await page.getByRole('main').getByRole('button', { name: 'Search', exact: true }).click();
  await page.getByRole('region', { name: 'Confidence' }).waitFor();
}

it('shows why a result ranks where it does, with the misspelt word and the one from an earlier message', async () => {
  const console = await openSearch(375);
  const { page } = console;
  await page.getByRole('button', { name: 'Add what the customer said before' }).click();
  await page.getByRole('textbox', { name: 'Earlier message' }).fill('My boots are worn');
  await search(console, 'can you resoel them from leathre');
  const first = page.getByRole('main').locator('ol > li').first();
  await first.getByRole('link', { name: 'Resole your boots' }).waitFor();
  expect(await first.locator('mark').allTextContents()).toEqual(expect.arrayContaining(['leather', 'boots']));
  await first.getByText('1st by words').click();
  const corrected = first.getByRole('listitem').filter({ hasText: 'leathre' });
  for (const said of ['leather', 'in the text']) await corrected.getByText(said, { exact: true }).waitFor();
  await first.getByRole('listitem').filter({ hasText: 'boots' }).getByText('from an earlier message').waitFor();
  expect(await findViolations(page)).toEqual([]);
  expect(await findOverflow(page)).toEqual([]);
  expect(console.errors).toEqual([]);
});

it('keeps a question with the document that was ticked, measures it, and brings it back when deleting is undone', async () => {
  const console = await openSearch();
  const { page } = console;
  await search(console, articles[1]?.question ?? '');
  await page.getByRole('button', { name: 'Add as an evaluation question' }).click();
  await page.getByRole('checkbox', { name: '“Return an item” answers the question' }).check();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Added to the evaluation questions.').waitFor();

  await search(console, 'Do you sell bicycles?');
  await page.getByRole('button', { name: 'Add as an evaluation question' }).click();
  await page.getByRole('button', { name: 'None does' }).click();
  await page.getByRole('button', { name: 'Add as an evaluation question' }).waitFor();

  await page.getByText('Evaluation', { exact: true }).click();
  const questions = page.getByRole('list', { name: 'Evaluation questions' });
  const row = questions.locator(':scope > li').filter({ hasText: articles[1]?.question ?? '' });
  await row.getByText('Not measured yet').waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await row.getByText('1st').waitFor();
  const latest = page.getByRole('region', { name: 'Latest run' });
  await latest.getByText('1 answerable, 1 that no document answers.').waitFor();
  expect(await findViolations(page)).toEqual([]);

  await row.getByRole('button', { name: 'Delete' }).click();
  await row.waitFor({ state: 'detached' });
  const deleted = page.getByRole('alert').filter({ hasText: 'The question is deleted.' });
  await deleted.getByRole('button', { name: 'Undo' }).click();
  await row.getByText('1st').waitFor();

  await row.getByRole('link', { name: articles[1]?.question ?? '' }).click();
  await page.getByRole('region', { name: 'Confidence' }).waitFor();
  expect(await page.getByLabel('Question', { exact: true }).inputValue()).toBe(articles[1]?.question);
  expect(console.errors).toEqual([]);
});

it('says that a question is there already, with what answers it, and leads to it', async () => {
  const console = await openSearch(1440, [/status of 409 .*\/api\/v1\/eval-cases\)/]);
  const { page } = console;
  await search(console, `${articles[1]?.question.toUpperCase()} `);
  await page.getByRole('button', { name: 'Add as an evaluation question' }).click();
  await page.getByRole('button', { name: 'None does' }).click();
  const said = 'This question is there already, answered by “Return an item”.';
  const there = page.getByRole('alert').filter({ hasText: said });
  await there.waitFor();
  expect(await findViolations(page)).toEqual([]);
  await takeScreenshot(page, 'question-there-already');
  const show = there.getByText('Show', { exact: true });
  expect(await show.evaluate((label) => label.scrollWidth - label.clientWidth)).toBe(0);
  await show.click();
  await page
    .getByRole('list', { name: 'Evaluation questions' })
    .getByText(articles[1]?.question ?? '')
    .waitFor();
  expect(console.errors).toEqual([]);
});

it('shows how far a run is, why one failed, and what a new one finds, without being read anew', async () => {
  const { db } = world.parley.deps;
  const { workspaceId } = world.parley;
  await db.query(
    `insert into eval_runs (workspace_id, id, started_by, state, attempt, lease_until, cases_done, cases_total)
     select $1, $2, id, 'running', 1, now() + interval '1 hour', 120, 500 from agents where workspace_id = $1 limit 1`,
    [workspaceId, newId()],
  );
  const console = await openConsole(world.browser, world.parley.url, {
    storageState: world.session,
    reducedMotion: 'reduce',
  });
  const { page } = console;
  await console.goTo('/quality?tab=evaluation');
  await page.getByText('120 of 500 measured').waitFor();
  const run = page.getByRole('button', { name: 'Run again' });
  expect(await run.isDisabled()).toBe(true);
  expect(await lookEverywhere(page, 'evaluation-running')).toEqual([]);
  await db.query(`update eval_runs set cases_done = 300 where state = 'running'`);
  await page.getByText('300 of 500 measured').waitFor();
  await db.query(
    `update eval_runs set state = 'failed', error = 'The model was away. It was tried 3 times.', lease_until = null where state = 'running'`,
  );
  const failed = page.getByText('The model was away. It was tried 3 times.');
  await failed.waitFor();
  expect(await lookEverywhere(page, 'evaluation-failed')).toEqual([]);
  await db.query('update eval_cases set last_rank = null, last_confidence = null, last_run_at = null');
  await page.reload();
  await page.getByText('Not measured yet').first().waitFor();
  await run.click();
  await page.getByText('1st', { exact: true }).waitFor();
  await failed.waitFor({ state: 'detached' });
  expect(await lookEverywhere(page, 'evaluation-done')).toEqual([]);
  expect(console.errors).toEqual([]);
});

it('leads to the search where there is no evaluation question', async () => {
  await world.parley.deps.db.query('delete from eval_cases');
  const console = await openConsole(world.browser, world.parley.url, {
    storageState: world.session,
    reducedMotion: 'reduce',
  });
  await console.goTo('/quality?tab=evaluation');
  await console.page.getByText('No evaluation question yet.').waitFor();
  await console.page.getByRole('main').getByRole('link', { name: 'Try the search' }).click();
  await console.page.getByLabel('Question', { exact: true }).waitFor();
  expect(console.errors).toEqual([]);
});
