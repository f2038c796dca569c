import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AgentConversation } from '../../protocol/conversation.ts';
import type { Document } from '../../protocol/knowledge.ts';
import type { Message } from '../../protocol/message.ts';
import { buildWeb } from '../../scripts/build-web.ts';
import { type ConsolePage, openConsole, password, signIn } from '../support/console-page.ts';
import { launchBrowser } from '../support/launch-browser.ts';
import { createParleyProcess, type ParleyProcess } from '../support/parley-process.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';
import { type ScriptedOpenai, startScriptedOpenai } from '../support/scripted-openai.ts';
import { quoteOfLength } from '../support/scripted-reply.ts';
import { until } from '../support/until.ts';
import { closePages, takeScreenshot } from '../support/watch-page.ts';
import { openWidgetPage, type WidgetPage } from '../support/widget-page.ts';

const mara = { email: 'mara@example.com', name: 'Mara Lindqvist' };

/** What a browser says while nobody listens at the port. */
const nobodyListens = [/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/, /WebSocket connection to/];

let parley: ParleyProcess;
let rest: RestClient;
let model: ScriptedOpenai;
let browser: Browser;

/** `npm start` with its demo shop, on the embedded services, with a model that streams word by word. */
beforeAll(async () => {
  await buildWeb(() => undefined);
  model = await startScriptedOpenai({
    reply: ({ messages }) => {
      const text = quoteOfLength(messages.map(({ content }) => content).join('\n'), 30) ?? 'I do not know.';
      return { kind: 'text', text, firstTokenMs: 100, intervalMs: 40 };
    },
  });
  parley = await createParleyProcess({
    PARLEY_ADMIN_PASSWORD: password,
    OPENAI_BASE_URL: model.baseUrl,
    OPENAI_API_KEY: 'scripted',
    ANSWER_MODEL: 'openai:scripted',
    EMBEDDING_MODEL: 'openai:scripted',
    SWEEP_SECONDS: '0.5',
  });
  rest = createRestClient(parley.url);
  [browser] = await Promise.all([launchBrowser(), parley.start()]);
  await until(
    'the demo articles are indexed',
    async () => {
      const { body } = await rest.get<{ data: Document[] }>('/documents?limit=100');
      return body.data.length > 30 && body.data.every(({ index }) => index.state === 'done');
    },
    90_000,
    200,
  );
});

afterAll(async () => {
  await browser?.close();
  await parley?.remove();
  await model?.close();
});

afterEach((context) => closePages(browser, context));

async function newestConversation(): Promise<AgentConversation> {
  const { body } = await rest.get<{ data: AgentConversation[] }>('/conversations');
  const newest = body.data.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
  if (!newest) throw new Error('there is no conversation');
  return newest;
}

async function storedMessages(conversationId: string): Promise<Message[]> {
  const { body } = await rest.get<{ data: Message[] }>(`/conversations/${conversationId}/messages`);
  return body.data;
}

/** Every text that the assistant's newest answer shows while it grows. */
const watchAnswer = ({ frame }: WidgetPage) =>
  frame.locator('html').evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver(() => {
      const text = [...document.querySelectorAll('.row:not(.mine) .bubble')].at(-1)?.textContent ?? '';
      if (text !== '' && seen.at(-1) !== text) seen.push(text);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
const watchedAnswer = ({ frame }: WidgetPage): Promise<string[]> =>
  frame.locator('html').evaluate(() => Reflect.get(window, 'seen') ?? []);

/** Everything that reaches the customer's browser over sockets. */
function listenIn({ page }: WidgetPage): string[] {
  const received: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => received.push(payload.toString())));
  return received;
}

async function writeAs(agent: ConsolePage, tab: 'Reply' | 'Note', text: string): Promise<void> {
  const { conversation } = agent;
  await conversation.getByText(tab, { exact: true }).click();
  await conversation.getByRole('textbox').fill(text);
  await conversation.getByRole('button', { name: tab === 'Note' ? 'Add note' : 'Send reply' }).click();
}

const openNewest = async ({ page }: ConsolePage): Promise<void> => {
  await page.getByRole('link', { name: /^Mine/ }).click();
  await page.getByRole('list', { name: 'Mine' }).getByRole('link').first().click();
};

/** The texts of both sides' bubbles, top to bottom, without their citation marks. */
const textsOf = async ({ frame }: WidgetPage): Promise<string[]> => {
  const texts = await frame.locator('.row .bubble').allInnerTexts();
  return texts.map((text) => text.replace(/^You:\s*/, '').trim());
};

async function openAgent(expected: RegExp[] = []): Promise<ConsolePage> {
  const agent = await openConsole(browser, parley.url, { expected });
  await signIn(agent, mara.email);
  return agent;
}

describe('a customer and an agent at once', () => {
  it('from a suggested question over a person to a rating, and back to the assistant', async () => {
    const agent = await openAgent();
    const customer = await openWidgetPage(browser, `${parley.url}/demo`);
    const { frame, page } = customer;
    const received = listenIn(customer);
    await customer.open();
    await takeScreenshot(page, 'story-1-customer-home');

    await watchAnswer(customer);
    await frame.getByRole('region', { name: 'Often asked' }).getByRole('button').first().click();
    await frame.locator('.footer').waitFor();
    const growth = await watchedAnswer(customer);
    expect(growth.length).toBeGreaterThan(3);
    expect(growth.at(-1)?.length).toBeGreaterThan(growth[0]?.length ?? 0);
    await frame.locator('button.cite').first().click();
    await frame.getByRole('dialog').locator('mark').first().waitFor();
    await takeScreenshot(page, 'story-2-customer-citation');
    await page.keyboard.press('Escape');
    await frame.getByRole('dialog').waitFor({ state: 'detached' });

    await frame.getByRole('button', { name: 'Talk to a human' }).click();
    await frame.getByRole('heading', { name: mara.name }).waitFor();
    await openNewest(agent);
    const details = agent.page.getByRole('complementary', { name: 'Details' });
    await details.getByText('The customer asked for a person.').waitFor();
    const question = (await textsOf(customer))[0] ?? '';
    expect(question).not.toBe('');
    expect(await details.textContent()).toContain(question);
    const story = agent.page.getByRole('region', { name: 'Messages' });
    await story.getByText(question).waitFor();
    await story
      .getByRole('button', { name: /^Source 1/ })
      .first()
      .waitFor();

    const note = 'Regular buyer: offer the repair voucher.';
    await writeAs(agent, 'Note', note);
    await story.getByText(note).waitFor();
    await agent.conversation.getByText('Reply', { exact: true }).click();
    await agent.conversation.getByRole('textbox').fill('Good mor');
    await frame.getByText(`${mara.name} is typing`).waitFor();
    await writeAs(agent, 'Reply', 'Good morning, this is **Mara**.');
    await frame.locator('.row').getByText('Good morning, this is Mara.').waitFor();
    await frame.getByText(`${mara.name} · Support`).waitFor();
    await takeScreenshot(agent.page, 'story-3-agent');
    await takeScreenshot(page, 'story-4-customer-with-agent');
    await frame.getByRole('textbox', { name: 'Message' }).fill('My jacket');
    await agent.page.getByText(/ is typing…$/).waitFor();
    await customer.write('My jacket has a broken zip.');
    await story.getByText('My jacket has a broken zip.').waitFor();

    await frame.getByRole('button', { name: 'Close chat' }).click();
    await page.getByRole('button', { name: 'Open chat', exact: true }).waitFor();
    await writeAs(agent, 'Reply', 'Send it in, we mend it.');
    await page.getByRole('button', { name: 'Open chat, 1 unread message' }).waitFor();
    await takeScreenshot(page, 'story-5-customer-unread');
    await customer.open();
    await frame.locator('.row').getByText('Send it in, we mend it.').waitFor();

    await agent.conversation.getByRole('button', { name: 'Resolve' }).click();
    await frame.getByText('This conversation is resolved').waitFor();
    await frame.locator('label.star').nth(3).click();
    await frame.getByRole('button', { name: 'Send rating' }).click();
    await frame.getByText('Thank you for the rating.').waitFor();
    await details.getByText('4 of 5').waitFor();

    await customer.write('How do I wash my rain jacket?');
    const answer = frame.locator('.row').last();
    await answer.locator('.footer').waitFor();
    await answer.getByText('Assistant', { exact: true }).waitFor();
    await details.getByText('Assistant', { exact: true }).waitFor();

    const before = await textsOf(customer);
    await page.reload();
    await resume(customer);
    await frame.locator('.row.mine').getByText('How do I wash my rain jacket?').waitFor();
    await expect.poll(() => textsOf(customer), { timeout: 30_000 }).toEqual(before);
    await takeScreenshot(page, 'story-6-customer-after-reload');

    expect(received.length).toBeGreaterThan(5);
    expect(received.filter((frameText) => frameText.includes('repair voucher'))).toEqual([]);
    expect((await textsOf(customer)).join()).not.toContain('repair voucher');
    expect([...customer.errors, ...agent.errors]).toEqual([]);
  });

  it('a restart of the server under both loses nothing of what either wrote meanwhile', async () => {
    const agent = await openAgent(nobodyListens);
    const customer = await openWidgetPage(browser, `${parley.url}/demo`, { expected: nobodyListens });
    const { frame } = customer;
    await customer.open();
    await customer.write('I would like to talk to a human.');
    await frame.getByRole('heading', { name: mara.name }).waitFor();
    await openNewest(agent);
    const story = agent.page.getByRole('region', { name: 'Messages' });
    await writeAs(agent, 'Reply', 'Hello, what can I do?');
    await frame.locator('.row').getByText('Hello, what can I do?').waitFor();
    const { id } = await newestConversation();

    await parley.stop();
    await customer.write('Written while the server was down');
    await frame.locator('.bubble.unsent').waitFor();
    await writeAs(agent, 'Reply', 'Answered while the server was down');
    await agent.page.getByText('No connection. What you write is kept').waitFor();
    await frame.getByText('1 message waiting to be sent.').waitFor();
    await takeScreenshot(agent.page, 'restart-agent-cut');
    await takeScreenshot(customer.page, 'restart-customer-cut');

    await parley.start();
    await frame.locator('.row').getByText('Answered while the server was down').waitFor();
    await story.getByText('Written while the server was down').waitFor();
    await expect.poll(() => frame.locator('.bubble.unsent').count()).toBe(0);
    await writeAs(agent, 'Reply', 'And here we are again');
    await frame.locator('.row').getByText('And here we are again').waitFor();
    await customer.write('So we are');
    await story.getByText('So we are').waitFor();

    const stored = await storedMessages(id);
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, at) => at + 1));
    const said = stored.filter(({ author }) => author.kind === 'customer' || author.kind === 'agent');
    expect(said.map(({ body }) => body).toSorted()).toEqual(
      [
        'I would like to talk to a human.',
        'Hello, what can I do?',
        'Written while the server was down',
        'Answered while the server was down',
        'And here we are again',
        'So we are',
      ].toSorted(),
    );
    const spoken = stored.filter(({ author }) => author.kind !== 'system').map(({ body }) => body);
    await expect.poll(() => textsOf(customer), { timeout: 30_000 }).toEqual(spoken);
    expect([...customer.errors, ...agent.errors]).toEqual([]);
  });
});

/** After a reload the panel is open as before, on its first screen or already in the conversation. */
async function resume({ frame }: WidgetPage): Promise<void> {
  const card = frame.getByRole('region', { name: 'Your last conversation' }).getByRole('button').first();
  const row = frame.locator('.row').first();
  await card.or(row).first().waitFor();
  if (await card.isVisible()) await card.click();
}
