import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { IndexHealth } from '../../protocol/spaces.ts';
import { openEncoder } from '../../server/knowledge/create-encoder.ts';
import { openSpaces } from '../../server/knowledge/spaces.ts';
import { articles } from '../support/articles.ts';
import { type ConsoleWorld, startConsoleWorld } from '../support/browser-world.ts';
import { openConsole } from '../support/console-page.ts';
import { embeddingBy, type ScriptedOpenai, startScriptedOpenai } from '../support/scripted-openai.ts';
import { until } from '../support/until.ts';
import { closePages, lookEverywhere } from '../support/watch-page.ts';

let openai: ScriptedOpenai;
let world: ConsoleWorld;
/** Until it opens, no vector of the second model comes. */
let openGate: () => void = () => undefined;

beforeAll(async () => {
  const gate = new Promise<void>((resolve) => {
    openGate = resolve;
  });
  openai = await startScriptedOpenai({
    beforeEmbedding: (texts, model) => (model === 'second' && texts.length > 1 ? gate : undefined),
  });
  world = await startConsoleWorld(embeddingBy(openai, 'first'));
});
afterAll(async () => {
  openGate();
  await world?.stop();
  await openai?.close();
});
afterEach((context) => closePages(world.browser, context));

/** What a start with EMBEDDING_MODEL=openai:second does; this Parley keeps the first model. */
async function openSecond(): Promise<void> {
  const { deps } = world.parley;
  const encoder = openEncoder({ provider: 'openai', model: 'second' }, deps.config);
  await openSpaces({ ...deps, encoder });
  await encoder.close();
}

const cardOf = (page: Page, model: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: `openai:${model}`, exact: true }) });

it('fills a new model, shows the switch to it, undoes it, fills what a kept one lacks, and deletes it', async () => {
  const console = await openConsole(world.browser, world.parley.url, {
    storageState: world.session,
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 900 },
  });
  const { page } = console;
  await console.goTo('/knowledge/index');
  const [first, second] = [cardOf(page, 'first'), cardOf(page, 'second')];
  const state = (card: Locator, word: string) => card.getByText(word, { exact: true }).waitFor();
  await state(first, 'In use');

  await openSecond();
  await page.reload();
  await state(second, 'Being filled');
  await second.getByText(`0 of ${articles.length} documents`).waitFor();
  await second.getByText('Search moves to it by itself when it holds every document.').waitFor();
  expect(await lookEverywhere(page, 'index-filling')).toEqual([]);

  openGate();
  await state(second, 'In use');
  await state(first, 'Kept');
  await second.getByText(`${articles.length} of ${articles.length} documents`).waitFor();

  await first.getByRole('button', { name: 'Undo the switch' }).click();
  const switched = page.getByRole('alert').filter({ hasText: 'Search now uses openai:first.' });
  await state(first, 'In use');
  await state(second, 'Kept');
  await switched.getByRole('button', { name: 'Undo' }).click();
  await state(second, 'In use');
  await state(first, 'Kept');

  const { rest } = world;
  await rest.post('/documents', { title: 'Opening hours', body: 'The shop is open from nine to five.' });
  const isIndexed = async () => (await rest.get<IndexHealth>('/index')).body.documents.done === articles.length + 1;
  await until('it is indexed', isIndexed);
  await console.goTo('/knowledge/index');
  await first.getByText('It lacks one document, which is found by its words').waitFor();
  await first.getByText('EMBEDDING_MODEL names this model, but search goes on with openai:second').waitFor();
  expect(await lookEverywhere(page, 'index-kept')).toEqual([]);
  await first.getByRole('button', { name: 'Fill it first' }).click();
  await first.getByText(`${articles.length + 1} of ${articles.length + 1} documents`).waitFor();
  await first.getByRole('button', { name: 'Fill it first' }).waitFor({ state: 'detached' });
  await state(first, 'Kept');

  await first.getByRole('button', { name: 'Delete' }).click();
  const question = page.getByRole('dialog', { name: 'Delete the vectors of openai:first?' });
  await question.getByText(`${articles.length + 1} vectors of ${articles.length + 1} documents are lost.`).waitFor();
  expect(await lookEverywhere(page, 'index-delete')).toEqual([]);
  await question.getByRole('button', { name: 'Delete' }).click();
  await first.waitFor({ state: 'detached' });
  await state(second, 'In use');
  expect(console.errors).toEqual([]);
});
