import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWeb } from '../../scripts/build-web.ts';
import { openConsole, password, signIn } from '../support/console-page.ts';
import { launchBrowser } from '../support/launch-browser.ts';
import { freePort, startParley, type TestParley } from '../support/start-parley.ts';
import { WidgetClient } from '../support/widget-client.ts';

/** Not localhost: browsers withhold what they keep for secure contexts, as in a company's own network without TLS. */
const host = 'support.test';

let parley: TestParley;
let browser: Browser;
let url: string;

beforeAll(async () => {
  await buildWeb(() => undefined);
  const port = await freePort();
  url = `http://${host}:${port}`;
  [parley, browser] = await Promise.all([
    startParley({ PARLEY_ADMIN_PASSWORD: password, PORT: String(port), PUBLIC_URL: url }),
    launchBrowser([`--host-resolver-rules=MAP ${host} 127.0.0.1`]),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await parley?.stop();
});

describe('the console on plain http', () => {
  it('signs in, sends a reply and uploads a file', async () => {
    const customer = await WidgetClient.open(url.replace(host, '127.0.0.1'), parley.inboxKey);
    const { conversationId } = await customer.send('Is anybody there?');
    const { page, conversation, errors, goTo } = await openConsole(browser, url, {
      // the browser's own remark on the header
      expected: [/Cross-Origin-Opener-Policy header has been ignored/],
    });
    await signIn({ page }, 'owner@example.com');
    expect(await page.evaluate(() => window.isSecureContext)).toBe(false);

    await goTo(`/inbox/${conversationId}?view=all`);
    await conversation.getByRole('textbox', { name: /^Reply to/ }).fill('Yes, I am here.');
    await conversation.getByRole('button', { name: 'Send reply' }).click();
    await customer.waitFor('the reply', ({ body }) => body === 'Yes, I am here.');
    customer.close();

    await goTo('/knowledge');
    const buffer = Buffer.from('# Opening hours\n\nThe store opens at ten.\n');
    await page.getByLabel('Files to upload').setInputFiles({ name: 'hours.md', mimeType: 'text/markdown', buffer });
    await page.getByRole('list', { name: 'Documents' }).getByText('Indexed', { exact: true }).waitFor();
    expect(errors).toEqual([]);
  });
});
