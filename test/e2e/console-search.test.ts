import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Document } from '../../protocol/knowledge.ts';
import { buildWeb } from '../../scripts/build-web.ts';
import { articles } from '../support/articles.ts';
import { type ConsolePage, openConsole, password, signIn } from '../support/console-page.ts';
import { launchBrowser } from '../support/launch-browser.ts';
import { createRestClient } from '../support/rest-client.ts';
import { startParley, type TestParley } from '../support/start-parley.ts';
import { until } from '../support/until.ts';
import { closePages, findOverflow, findViolations } from '../support/watch-page.ts';

let parley: TestParley;
let browser: Browser;
let session: Awaited<ReturnType<BrowserContext['storageState']>>;

beforeAll(async () => {
  await buildWeb(() => undefined);
  [parley, browser] = await Promise.all([startParley({ PARLEY_ADMIN_PASSWORD: password }), launchBrowser()]);
  const rest = createRestClient(parley.url);
  await rest.post('/documents/batch', { documents: articles.map(({ title, body }) => ({ title, body })) });
  const isIndexed = async () => {
    const { body } = await rest.get<{ data: Document[] }>('/documents');
    return body.data.length === articles.length && body.data.every(({ index }) => index.state === 'done');
  };
  await until('all articles are indexed', isIndexed, 60_000);
  const first = await openConsole(browser, parley.url);
  await signIn(first, 'owner@example.com');
  session = await first.page.context().storageState();
  await first.close();
});

afterAll(async () => {
  await browser?.close();
  await parley?.stop();
});

afterEach((context) => closePages(browser, context));

async function openSearch(width = 1440): Promise<ConsolePage> {
  const viewport = { width, height: 900 };
  const console = await openConsole(browser, parley.url, { storageState: session, reducedMotion: 'reduce', viewport });
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

it('leads to the search where there is no evaluation question', async () => {
  await parley.deps.db.query('delete from eval_cases');
  const console = await openConsole(browser, parley.url, { storageState: session, reducedMotion: 'reduce' });
  await console.goTo('/quality?tab=evaluation');
  await console.page.getByText('No evaluation question yet.').waitFor();
  await console.page.getByRole('main').getByRole('link', { name: 'Try the search' }).click();
  await console.page.getByLabel('Question', { exact: true }).waitFor();
  expect(console.errors).toEqual([]);
});
