import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { articles } from '../support/articles.ts';
import { type ConsoleWorld, startConsoleWorld } from '../support/browser-world.ts';
import { type ConsolePage, openConsole } from '../support/console-page.ts';
import { closePages, findOverflow, findViolations, takeScreenshot } from '../support/watch-page.ts';
import { WidgetClient } from '../support/widget-client.ts';

let world: ConsoleWorld;
let conversationId: string;
let documentId: string;

/** Nothing that a narrow or a dark page could stumble over is missing: long words, code, tables, notes, citations. */
const longReply = [
  'Measured in **Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft** units:',
  '| Size | Chest | Waist | Sleeve | Length | Weight | Colour |\n|---|---|---|---|---|---|---|\n| S | 92 | 80 | 62 | 70 | 380 | green |',
  '```\nconst address = "https://shop.example/a/very/long/path/that/does/not/break/anywhere/at/all?with=a&query=string";\n```',
  '> a quote, and [a link](https://shop.example/help)',
].join('\n\n');

beforeAll(async () => {
  world = await startConsoleWorld();
  const { parley, rest, documentIds } = world;
  documentId = documentIds[0] ?? '';

  const customer = await WidgetClient.open(parley.url, parley.inboxKey);
  ({ conversationId } = await customer.send(articles[0]?.question ?? ''));
  await customer.waitFor('the cited answer', ({ citations }) => citations.length > 0, 60_000);
  await customer.data('handoff:request', { conversationId });
  customer.close();
  const say = (clientMessageId: string, body: string, visibility: string) =>
    rest.post(`/conversations/${conversationId}/messages`, { clientMessageId, body, visibility });
  await say('note', 'A note about `sizes`.', 'note');
  await say('reply', longReply, 'public');
});

afterAll(() => world?.stop());

afterEach((context) => closePages(world.browser, context));

type Place = { name: string; path: () => string; ready: (console: ConsolePage) => Promise<void> };

const text = (shown: string | RegExp) => (console: ConsolePage) =>
  console.page.getByText(shown).filter({ visible: true }).first().waitFor();

async function ask({ page }: ConsolePage, tab: string, button: string, found: string): Promise<void> {
  await page.getByText(tab, { exact: true }).click();
  await page.getByLabel('Question').fill(articles[0]?.question ?? '');
  await page.getByRole('button', { name: button, exact: true }).last().click();
  await page.getByRole('main').getByText(found).first().waitFor();
}

const places: Place[] = [
  { name: 'inbox', path: () => '/inbox?view=all', ready: rowReady },
  { name: 'conversation', path: () => `/inbox/${conversationId}?view=all`, ready: text(/^Measured in/) },
  { name: 'knowledge', path: () => '/knowledge', ready: text('Resole your boots') },
  { name: 'new-article', path: () => '/knowledge/new', ready: editorReady },
  { name: 'editor', path: () => `/knowledge/${documentId}`, ready: editorReady },
  { name: 'quality-answer', path: () => '/quality', ready: (page) => ask(page, 'Try an answer', 'Ask', 'Confidence') },
  {
    name: 'quality-search',
    path: () => '/quality',
    ready: (page) => ask(page, 'Try the search', 'Search', 'Delivery times'),
  },
  { name: 'settings-team', path: () => '/settings/team', ready: text('Mara Lindqvist') },
  { name: 'settings-inbox', path: () => '/settings/inbox', ready: text('On your website') },
  { name: 'settings-api-keys', path: () => '/settings/api-keys', ready: text(/^Environment|PARLEY_API_KEY|pk_test/) },
];

async function rowReady({ page }: ConsolePage): Promise<void> {
  await page.locator(`[data-conversation="${conversationId}"]`).waitFor();
}

async function editorReady({ page }: ConsolePage): Promise<void> {
  await page.getByRole('textbox', { name: 'Text, in Markdown' }).waitFor();
}

const still = { reducedMotion: 'reduce' as const };

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it('the sign-in has nothing for axe to find', async () => {
    const { page, errors } = await openConsole(world.browser, world.parley.url, { colorScheme, ...still });
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await takeScreenshot(page, `console-${colorScheme}-sign-in`);
    expect(await findViolations(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('no page has anything for axe to find, and none breaks its own policy', async () => {
    const console = await openConsole(world.browser, world.parley.url, {
      storageState: world.session,
      colorScheme,
      ...still,
    });
    const found: Record<string, string[]> = {};
    for (const { name, path, ready } of places) {
      await console.goTo(path());
      await ready(console);
      await takeScreenshot(console.page, `console-${colorScheme}-${name}`);
      found[name] = await findViolations(console.page);
    }
    expect(found).toEqual(Object.fromEntries(places.map(({ name }) => [name, []])));
    expect(console.errors).toEqual([]);
  });
});

describe('1280 px wide', () => {
  const desktop = { viewport: { width: 1280, height: 800 }, ...still };

  it('the details of a conversation are whole in the narrowest window that shows them', async () => {
    const console = await openConsole(world.browser, world.parley.url, { storageState: world.session, ...desktop });
    await console.goTo(`/inbox/${conversationId}?view=all`);
    const details = console.page.getByRole('complementary', { name: 'Details' });
    await details.getByText('Handed to people').waitFor();
    const box = await details.boundingBox();
    expect(box && box.x + box.width).toBe(1280);
  });

  it('what is found by Ctrl K shows its state, however long its first line is', async () => {
    const console = await openConsole(world.browser, world.parley.url, { storageState: world.session, ...desktop });
    const { page } = console;
    await console.goTo('/knowledge');
    await page.getByText('Resole your boots').waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Measured in');
    const found = page.getByRole('dialog', { name: 'Search' });
    const row = found.getByRole('button').filter({ hasText: 'Measured in' }).first();
    await row.waitFor();
    const [outer, inner] = [await found.boundingBox(), await row.boundingBox()];
    expect(outer && inner && inner.x + inner.width <= outer.x + outer.width).toBe(true);
  });

  it('a link to what is not there says so, and a document that is not there leads to the others', async () => {
    const console = await openConsole(world.browser, world.parley.url, {
      storageState: world.session,
      expected: [/status of 404 .*\/documents\//],
      ...desktop,
    });
    const { page } = console;
    for (const id of ['nonsense', '0192f0c4-0000-7000-8000-000000000000']) {
      await console.goTo(`/inbox/${id}`);
      await page.getByText('There is no such conversation here. The link may be old.').waitFor();
    }
    await console.goTo('/knowledge/0192f0c4-0000-7000-8000-000000000000');
    await page.getByText('There is no such document here.').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'All documents' }).click();
    await page.getByText('Resole your boots').waitFor();
    expect(console.errors).toEqual([]);
  });

  it('the tabs of the knowledge base stay where they are when one changes to the other', async () => {
    const console = await openConsole(world.browser, world.parley.url, { storageState: world.session, ...desktop });
    const { page } = console;
    const tab = page.getByRole('main').getByRole('link', { name: 'Index', exact: true });
    await console.goTo('/knowledge');
    await page.getByText('Resole your boots').waitFor();
    const before = await tab.boundingBox();
    await tab.click();
    await page.getByRole('heading', { name: 'Models' }).waitFor();
    expect(await tab.boundingBox()).toEqual(before);
  });
});

describe('375 px wide', () => {
  const narrow = { viewport: { width: 375, height: 720 }, ...still };

  it('no page reaches beyond the edge', async () => {
    const signedOut = await openConsole(world.browser, world.parley.url, narrow);
    await signedOut.page.getByRole('button', { name: 'Sign in' }).waitFor();
    const found: Record<string, string[]> = { 'sign-in': await findOverflow(signedOut.page) };
    const console = await openConsole(world.browser, world.parley.url, { storageState: world.session, ...narrow });
    for (const { name, path, ready } of places) {
      await console.goTo(path());
      await ready(console);
      await takeScreenshot(console.page, `console-narrow-${name}`);
      found[name] = await findOverflow(console.page);
    }
    expect(found).toEqual(Object.fromEntries(['sign-in', ...places.map(({ name }) => name)].map((name) => [name, []])));
    expect([...signedOut.errors, ...console.errors]).toEqual([]);
  });
});
