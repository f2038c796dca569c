import type { Browser, BrowserContext } from 'playwright-core';
import type { Document } from '../../protocol/knowledge.ts';
import { buildWeb } from '../../scripts/build-web.ts';
import { articles } from './articles.ts';
import { openConsole, password, signIn } from './console-page.ts';
import { launchBrowser } from './launch-browser.ts';
import { createRestClient } from './rest-client.ts';
import { startParley, type TestParley } from './start-parley.ts';
import { until } from './until.ts';

export type ConsoleSession = {
  parley: TestParley;
  browser: Browser;
  /** The owner's, for pages that are to be signed in. */
  session: Awaited<ReturnType<BrowserContext['storageState']>>;
  /** Of the small articles, in their order. */
  documentIds: string[];
  stop(): Promise<void>;
};

/** A Parley that knows the small articles, a browser, and the owner signed in to the console. */
export async function startConsoleSession(env: Record<string, string> = {}): Promise<ConsoleSession> {
  await buildWeb(() => undefined);
  const [parley, browser] = await Promise.all([
    startParley({ PARLEY_ADMIN_PASSWORD: password, ...env }),
    launchBrowser(),
  ]);
  const stop = async () => {
    await browser.close();
    await parley.stop();
  };
  try {
    const rest = createRestClient(parley.url);
    const made = await rest.post<{ data: Document[] }>('/documents/batch', {
      documents: articles.map(({ title, body }) => ({ title, body })),
    });
    const isIndexed = async () => {
      const { body } = await rest.get<{ data: Document[] }>('/documents');
      return body.data.length === articles.length && body.data.every(({ index }) => index.state === 'done');
    };
    await until('all articles are indexed', isIndexed, 60_000);
    const first = await openConsole(browser, parley.url);
    await signIn(first, 'owner@example.com');
    const session = await first.page.context().storageState();
    await first.close();
    return { parley, browser, session, documentIds: made.body.data.map(({ id }) => id), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
