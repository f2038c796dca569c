import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentConversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import { type BrowserWorld, startBrowserWorld } from '../support/browser-world.ts';
import type { RestClient } from '../support/rest-client.ts';
import type { TestParley } from '../support/start-parley.ts';
import { openSecondTab, openWidgetPage, type WidgetPage } from '../support/widget-page.ts';

let world: BrowserWorld;
let parley: TestParley;
let rest: RestClient;
let browser: Browser;

/** A page of our own origin with nothing on it but the widget, and whatever a host may do to it. */
const serveHost = (page: Page, path: string, html: string, headers: Record<string, string> = {}) =>
  page.route(`${parley.url}${path}`, (route) => route.fulfill({ contentType: 'text/html', headers, body: html }));

const snippet = () => `<script src="/widget/v1.js"></script>`;

async function newestConversation(): Promise<AgentConversation> {
  const { body } = await rest.get<{ data: AgentConversation[] }>('/conversations');
  const [first] = body.data;
  if (!first) throw new Error('there is no conversation');
  return first;
}

let replies = 0;
async function reply(conversationId: string, body: string): Promise<void> {
  replies += 1;
  const answer = await rest.post(`/conversations/${conversationId}/messages`, {
    clientMessageId: `reply-${replies}`,
    body,
  });
  expect(answer.status).toBe(201);
}

const textsOf = (widget: WidgetPage, rows = '.row .bubble') => widget.frame.locator(rows).allInnerTexts();

beforeAll(async () => {
  world = await startBrowserWorld();
  ({ parley, rest, browser } = world);
});

afterAll(() => world?.stop());

describe('a conversation in the widget', () => {
  it('answers with sources that open, hands over to a person, and ends with a rating; two tabs agree', async () => {
    const widget = await openWidgetPage(browser, `${parley.url}/demo`);
    const { frame, page } = widget;
    await widget.open();
    expect(await widget.findViolations()).toEqual([]);

    await widget.write('How long does a parcel within Germany take?');
    await frame.locator('button.cite').first().click();
    await frame.locator('.sheet mark').first().waitFor();
    expect(await frame.locator('.sheet mark').first().textContent()).toContain('two to three working days');
    await page.keyboard.press('Escape');
    await expect
      .poll(() =>
        frame
          .locator('button.cite')
          .first()
          .evaluate((chip) => chip === document.activeElement),
      )
      .toBe(true);

    await frame.getByRole('button', { name: 'Talk to a human' }).click();
    await frame.getByText('You are number 1 in line.').waitFor();
    await frame.getByLabel('E-mail address').fill('kim@shop.example');
    await frame.getByRole('button', { name: 'Save' }).click();
    await frame.getByText('kim@shop.example').waitFor();
    expect(await widget.findViolations()).toEqual([]);

    const conversation = await newestConversation();
    expect(conversation).toMatchObject({ state: 'waiting', contactEmail: 'kim@shop.example' });
    const second = await openSecondTab(widget, `${parley.url}/demo`);
    await second.open();
    await second.frame.locator('.card').first().click();

    await rest.post(`/conversations/${conversation.id}/claim`);
    await reply(conversation.id, 'Hello, I will look into it.');
    await frame.locator('.row').getByText('Hello, I will look into it.').waitFor();
    await second.write('Thank you');
    await frame.locator('.row.mine').getByText('Thank you', { exact: true }).waitFor();
    await second.frame.locator('.row.mine .bubble:not(.unsent)').getByText('Thank you', { exact: true }).waitFor();
    expect(await textsOf(widget)).toEqual(await textsOf(second));

    await rest.post(`/conversations/${conversation.id}/resolve`);
    await frame.locator('label.star').nth(3).click();
    await frame.getByLabel('Anything to add?').fill('Quick and kind');
    await frame.getByRole('button', { name: 'Send rating' }).click();
    await frame.getByText('Thank you for the rating.').waitFor();
    await second.frame.getByText('Thank you for the rating.').waitFor();
    expect(await widget.findViolations()).toEqual([]);
    expect(widget.errors).toEqual([]);
    await widget.close();
  });

  it('keeps what is written without a connection, over a reload, and sends each of it once and in order', async () => {
    const widget = await openWidgetPage(browser, `${parley.url}/demo`);
    const { frame, page } = widget;
    await widget.open();
    await widget.write('Within how many days can I return an unused item?');
    await frame.locator('.footer').waitFor();
    await page.context().setOffline(true);
    for (const text of ['first in the tunnel', 'second in the tunnel', 'third in the tunnel']) await widget.write(text);
    await frame.locator('.bubble.unsent').nth(2).waitFor();
    await page.close();

    await page.context().setOffline(false);
    const later = await openSecondTab(widget, `${parley.url}/demo`);
    await later.open();
    await later.frame.locator('.card').first().click();
    await expect.poll(() => later.frame.locator('.bubble.unsent').count()).toBe(0);
    const { id } = await newestConversation();
    const { body } = await rest.get<{ data: Message[] }>(`/conversations/${id}/messages`);
    const written = body.data.filter(({ author }) => author.kind === 'customer').map((message) => message.body);
    expect(written.slice(1)).toEqual(['first in the tunnel', 'second in the tunnel', 'third in the tunnel']);
    await later.page.context().close();
  });

  it('draws nothing that a message wants to run or load', async () => {
    const widget = await openWidgetPage(browser, `${parley.url}/demo`);
    const requests: string[] = [];
    widget.page.on('request', (request) => requests.push(request.url()));
    await widget.open();
    await widget.frame.getByRole('button', { name: 'Talk to a human' }).click();
    await widget.frame.getByText(/You are number \d in line/).waitFor();
    const { id } = await newestConversation();
    await rest.post(`/conversations/${id}/claim`);
    const hostile = [
      '<img src=x onerror=alert(1)><script>alert(2)</script>',
      '[a](javascript:alert(1)) [b](JaVaScRiPt&colon;alert(1)) [c](data:text/html,x) <javascript:alert(1)>',
      '![pixel](https://evil.example/pixel.png)',
      '[d](https://ok.example" onclick="alert(1))',
      '| a |\n|---|\n| <svg onload=alert(1)> |',
      '```html\n<iframe srcdoc="<script>alert(1)</script>"></iframe>\n```',
      '[e]: javascript:alert(1)\n\n[e]',
    ];
    for (const body of hostile) await reply(id, body);
    await widget.frame
      .locator('.md')
      .nth(hostile.length - 1)
      .waitFor();
    const drawn = await widget.frame.locator('.messages').evaluate((list) => ({
      elements: list.querySelectorAll('.md :is(img, script, svg, iframe, [onclick], [onerror], [style])').length,
      addresses: [...list.querySelectorAll<HTMLAnchorElement>('.md a')].map(
        ({ protocol, rel }) => `${protocol} ${rel}`,
      ),
    }));
    expect(drawn.elements).toBe(0);
    expect(new Set(drawn.addresses)).toEqual(new Set(['https: noopener noreferrer nofollow']));
    expect(requests.filter((url) => url.includes('evil.example'))).toEqual([]);
    await widget.close();
  });
});

describe('the widget on a page', () => {
  it('opens and closes by keyboard, and gives the focus back', async () => {
    const widget = await openWidgetPage(browser, `${parley.url}/demo`);
    await widget.launcher.focus();
    await widget.page.keyboard.press('Enter');
    await widget.frame.getByRole('textbox', { name: 'Message' }).waitFor();
    await expect
      .poll(() => widget.frame.locator('textarea').evaluate((area) => area === document.activeElement))
      .toBe(true);
    await widget.page.keyboard.press('Escape');
    const focused = () => widget.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName);
    await expect.poll(focused).toBe('BUTTON');
    await widget.close();
  });

  it('stands on pages whose styles and policy are against it, and leaves nothing behind', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const policy = `default-src 'none'; script-src 'self' 'nonce-x'; style-src 'nonce-x'; frame-src 'self'`;
    const styles = 'body * { all: unset !important; display: none !important; transform: rotate(9deg) !important }';
    await serveHost(
      page,
      '/host',
      `<style nonce="x">${styles}</style><script nonce="x">
        window.Parley = (...call) => (window.Parley.q ??= []).push(call);
        window.heard = [];
        Parley('on', 'ready', () => heard.push('ready'));
        Parley('on', 'show', () => heard.push('show'));
        Parley('boot', { inboxKey: ${JSON.stringify(parley.inboxKey)} });
      </script>${snippet()}`,
      { 'content-security-policy': policy },
    );
    await page.goto(`${parley.url}/host`);
    const launcher = page.locator('[data-parley] button');
    await expect.poll(() => launcher.boundingBox()).toMatchObject({ width: 56, height: 56 });
    await page.evaluate(`Parley('boot'); Parley('show')`);
    await page.frameLocator('[data-parley] iframe').getByRole('textbox', { name: 'Message' }).waitFor();
    expect(await page.locator('[data-parley]').count()).toBe(1);
    expect(await page.evaluate('heard')).toEqual(['ready', 'show']);

    await page.evaluate(`Parley('shutdown')`);
    await expect.poll(() => page.locator('[data-parley]').count()).toBe(0);
    await page.evaluate(`Parley('boot', { inboxKey: '${parley.inboxKey}' })`);
    await expect.poll(() => page.locator('[data-parley]').count()).toBe(1);
    await context.close();
  });

  it('fills a narrow screen, mirrors for right to left, and hides nothing beyond the edge', async () => {
    const widget = await openWidgetPage(browser, `${parley.url}/demo`, { viewport: { width: 320, height: 600 } });
    await widget.page.evaluate(`Parley('update', { locale: 'ar' })`);
    await expect.poll(async () => (await widget.launcher.boundingBox())?.x).toBe(20);
    await widget.open();
    // when the panel has come to rest: it grows into its place
    const panel = widget.page.locator('[data-parley] .panel');
    await expect.poll(() => panel.boundingBox()).toEqual({ x: 0, y: 0, width: 320, height: 600 });
    await widget.write('How long does a parcel within Germany take?');
    await widget.frame.locator('.sources').waitFor();
    const width = await widget.frame.locator('.scroller').evaluate((area) => area.scrollWidth - area.clientWidth);
    expect(width).toBe(0);
    expect(await widget.frame.locator('html').getAttribute('dir')).toBe('rtl');
    await widget.close();
  });
});
