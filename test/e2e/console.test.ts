import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../scripts/build-web.ts';
import { type ConsolePage, openConsole, password, signIn } from '../support/console-page.ts';
import { launchBrowser } from '../support/launch-browser.ts';
import { startParley, type TestParley } from '../support/start-parley.ts';
import { closePages, findViolations, takeScreenshot } from '../support/watch-page.ts';
import { WidgetClient } from '../support/widget-client.ts';

const owner = 'owner@example.com';

let parley: TestParley;
let browser: Browser;
/** The owner's session, for tests that are not about signing in. */
let session: Awaited<ReturnType<ReturnType<ConsolePage['page']['context']>['storageState']>>;

beforeAll(async () => {
  await buildWeb(() => undefined);
  [parley, browser] = await Promise.all([startParley({ PARLEY_ADMIN_PASSWORD: password }), launchBrowser()]);
  const first = await openConsole(browser, parley.url);
  await signIn(first, owner);
  session = await first.page.context().storageState();
  await first.close();
});

afterAll(async () => {
  await browser?.close();
  await parley?.stop();
});

afterEach((context) => closePages(browser, context));

const openAsOwner = () => openConsole(browser, parley.url, { storageState: session });

/** A customer whom the assistant could not help: whoever replies first holds the conversation. */
async function startConversation(text: string): Promise<string> {
  const customer = await WidgetClient.open(parley.url, parley.inboxKey);
  const { conversationId } = await customer.send(text);
  await customer.waitFor('what the assistant says', ({ author }) => author.kind === 'assistant', 60_000);
  customer.close();
  return conversationId;
}

describe('signing in', () => {
  it('refuses a wrong password in plain words, lets the right one in, and out again', async () => {
    const console = await openConsole(browser, parley.url, { expected: [/status of 401 .*\/sign-in/] });
    const { page } = console;
    await page.getByLabel('E-mail').fill(owner);
    await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('E-mail and password do not match.').waitFor();
    await takeScreenshot(page, 'console-sign-in-refused');
    await signIn(console, owner);
    await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor();

    await page.getByRole('button', { name: 'Account: Owner' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await console.goTo('/knowledge');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate(() => fetch('/api/v1/conversations').then(({ status }) => status))).toBe(401);
    await signInAgainTo(console, 'Knowledge');
    expect(console.errors.filter((text) => !text.includes('/api/v1/conversations'))).toEqual([]);
  });

  it('invites an agent, who joins by the link, works, and sees nothing of what only admins may do', async () => {
    const admin = await openAsOwner();
    await admin.goTo('/settings/team');
    const { page } = admin;
    await page.getByLabel('Name').fill('Noor Haddad');
    await page.getByLabel('E-mail').fill('noor@example.com');
    await page.getByRole('button', { name: 'Invite' }).click();
    const link = await page.getByRole('region', { name: 'Invitation link' }).textContent();
    await page.getByRole('listitem').filter({ hasText: 'noor@example.com' }).getByText('Invited').waitFor();
    await takeScreenshot(page, 'console-invited');

    const agent = await openConsole(browser, parley.url, { expected: [/status of 403 .*inboxes/] });
    await agent.page.goto(link?.trim() ?? '');
    await agent.page.getByText('choose a password for noor@example.com').waitFor();
    await agent.page.getByRole('textbox', { name: 'Password' }).fill('a password of my own');
    await agent.page.getByRole('button', { name: 'Join and sign in' }).click();
    await agent.page.getByRole('button', { name: 'Account: Noor Haddad' }).waitFor();
    await agent.page.getByRole('button', { name: 'Your status: Online' }).waitFor();

    await agent.page.getByRole('link', { name: 'Settings' }).click();
    await agent.page.getByText('Noor Haddad (you)').waitFor();
    for (const hidden of ['Invite', 'Change Jonas Weber']) {
      expect(await agent.page.getByRole('button', { name: hidden }).count()).toBe(0);
    }
    for (const section of ['inbox', 'api-keys']) {
      await agent.goTo(`/settings/${section}`);
      await agent.page.getByText('Noor Haddad (you)').waitFor();
      expect(await agent.page.getByRole('link', { name: 'API keys' }).count()).toBe(0);
    }
    await agent.goTo('/knowledge');
    await agent.page
      .getByText('The assistant has nothing to answer from yet.')
      .or(agent.page.getByRole('list', { name: 'Documents' }))
      .first()
      .waitFor();
    expect(await agent.page.getByRole('link', { name: 'New article' }).count()).toBe(0);
    expect(await agent.page.getByRole('button', { name: 'Upload' }).count()).toBe(0);
    await takeScreenshot(agent.page, 'console-as-agent');
    await page.getByRole('listitem').filter({ hasText: 'noor@example.com' }).getByText('Online').waitFor();
    expect([...admin.errors, ...agent.errors]).toEqual([]);
  });
});

/** The sign-in leads back to where one wanted to go. */
async function signInAgainTo({ page }: ConsolePage, heading: string): Promise<void> {
  await page.getByLabel('E-mail').fill(owner);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: heading }).waitFor();
}

describe('knowledge', () => {
  it('takes a dropped file until it is found, an article that is edited with its preview, and lets both go', async () => {
    const console = await openAsOwner();
    const { page } = console;
    await console.goTo('/knowledge');
    await page.getByLabel('Files to upload').setInputFiles({
      name: 'crampons.md',
      mimeType: 'text/markdown',
      buffer: Buffer.from('# Crampon rental\n\nCrampons are lent for nine euros a day at the Innsbruck store.\n'),
    });
    const documents = page.getByRole('list', { name: 'Documents' });
    const file = documents.getByRole('listitem').filter({ hasText: /crampon/i });
    await file.getByText('Indexed', { exact: true }).waitFor();
    await takeScreenshot(page, 'console-knowledge');

    await search(console, 'What do crampons cost per day?');
    const found = page.getByRole('main').getByRole('listitem').first();
    await found.getByText('nine euros a day').waitFor();
    await takeScreenshot(page, 'console-search-test');

    await console.goTo('/knowledge/new');
    await page.getByLabel('Title').fill('Snowshoes');
    const editor = page.getByRole('textbox', { name: 'Text, in Markdown' });
    const preview = page.getByRole('region', { name: 'Preview' });
    await editor.fill('# Snowshoes\n\nWe lend **snowshoes** for seven euros.');
    await preview.getByRole('heading', { name: 'Snowshoes' }).waitFor();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText('Indexed', { exact: true }).waitFor();
    await editor.fill('# Snowshoes\n\nWe lend **snowshoes** for eleven euros.\n\n- adults\n- children');
    await preview.getByRole('listitem').filter({ hasText: 'children' }).waitFor();
    expect(await preview.locator('strong').textContent()).toBe('snowshoes');
    await takeScreenshot(page, 'console-editor');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved. It is being indexed.').waitFor();
    await page.getByText('Indexed', { exact: true }).waitFor();
    const address = new URL(page.url()).pathname.replace('/console', '');
    await search(console, 'How much are snowshoes?');
    await page.getByRole('main').getByRole('listitem').first().getByText('eleven euros').waitFor();

    await console.goTo(address);
    await deleteDocument(console);
    await file.waitFor();
    expect(await documents.getByText('Snowshoes').count()).toBe(0);
    await file.getByRole('link').click();
    await deleteDocument(console);
    await file.waitFor({ state: 'detached' });
    await search(console, 'What do crampons cost per day?');
    await page
      .getByText('Nothing in the knowledge base matches this.')
      .or(page.getByRole('main').getByRole('list').first())
      .first()
      .waitFor();
    expect(await page.getByText('nine euros a day').count()).toBe(0);
    expect(console.errors).toEqual([]);
  });
});

async function search({ page, goTo }: ConsolePage, question: string): Promise<void> {
  await goTo('/quality');
  await page.getByText('Try the search').click();
  await page.getByLabel('Question').fill(question);
  await page.getByRole('button', { name: 'Search', exact: true }).last().click();
}

async function deleteDocument({ page }: ConsolePage): Promise<void> {
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { name: 'Knowledge', exact: true }).waitFor();
}

describe('by keyboard alone', () => {
  it('moves, opens, answers, notes and resolves; shows the keys and finds what is looked for', async () => {
    const ids = [await startConversation('Is the blue tent back?'), await startConversation('Is the red tent back?')];
    const console = await openAsOwner();
    const { page, conversation } = console;
    const { keyboard } = page;
    await console.goTo('/inbox?view=all');
    for (const id of ids) await page.locator(`[data-conversation="${id}"]`).waitFor();
    const focused = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.conversation);

    await keyboard.press('j');
    await expect.poll(focused).toBeDefined();
    const first = await focused();
    await keyboard.press('j');
    await expect.poll(focused).not.toBe(first);
    const second = await focused();
    expect([first, second].toSorted()).toEqual(ids.toSorted());
    await keyboard.press('k');
    await expect.poll(focused).toBe(first);
    await keyboard.press('Enter');
    await page.waitForURL(`**/inbox/${first}*`);
    await page.getByRole('region', { name: 'Messages' }).waitFor();

    await keyboard.press('n');
    await expect
      .poll(() =>
        conversation
          .getByRole('textbox', { name: 'Note for your team' })
          .evaluate((field) => field === document.activeElement),
      )
      .toBe(true);
    await keyboard.type('Ask the warehouse.');
    await keyboard.press('Enter');
    await page.getByRole('region', { name: 'Messages' }).getByText('Ask the warehouse.').waitFor();
    await keyboard.press('Escape');
    await keyboard.press('r');
    await expect
      .poll(() =>
        conversation.getByRole('textbox', { name: /^Reply to/ }).evaluate((field) => field === document.activeElement),
      )
      .toBe(true);
    await keyboard.type('It is back on Friday.');
    await keyboard.press('Enter');
    await page.getByRole('region', { name: 'Messages' }).getByText('It is back on Friday.').waitFor();
    await conversation.getByText('Yours').waitFor();
    await keyboard.press('Escape');
    await keyboard.press('e');
    await conversation.getByText('Resolved').first().waitFor();

    await keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Next conversation').waitFor();
    await takeScreenshot(page, 'console-keys');
    await keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });

    await keyboard.press('Control+k');
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    await keyboard.type('tent back');
    const hits = page.getByRole('dialog', { name: 'Search' }).getByText(/Is the (red|blue) tent back\?|Friday/);
    await hits.first().waitFor();
    await takeScreenshot(page, 'console-search');
    expect(await findViolations(page)).toEqual([]);
    await keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Search' }).waitFor({ state: 'detached' });
    await keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Search' }).getByRole('textbox').waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    await keyboard.type('API keys');
    await page.locator('[data-selected]').getByText('Settings: API keys').waitFor();
    await keyboard.press('Enter');
    await page.waitForURL('**/settings/api-keys');
    expect(console.errors).toEqual([]);
  });
});
