import type { Browser, BrowserContext } from 'playwright-core';
import { buildWeb } from '../../scripts/build-web.ts';
import { addArticles } from './add-articles.ts';
import { openConsole, password, signIn } from './console-page.ts';
import { launchBrowser } from './launch-browser.ts';
import { createRestClient, type RestClient } from './rest-client.ts';
import { startParley, type TestParley } from './start-parley.ts';

export type BrowserWorld = {
  parley: TestParley;
  rest: RestClient;
  browser: Browser;
  /** Of the small articles, in their order. */
  documentIds: string[];
  stop(): Promise<void>;
};

/** A Parley that knows the small articles, with its pages built, and a browser. */
export async function startBrowserWorld(env: Record<string, string> = {}): Promise<BrowserWorld> {
  await buildWeb(() => undefined);
  const parley = await startParley({ PARLEY_ADMIN_PASSWORD: password, ...env });
  const browser = await launchBrowser();
  const rest = createRestClient(parley.url);
  const documentIds = await addArticles(rest);
  return {
    parley,
    rest,
    browser,
    documentIds,
    async stop() {
      await browser.close();
      await parley.stop();
    },
  };
}

export type ConsoleWorld = BrowserWorld & {
  /** The owner's, for pages that are to be signed in. */
  session: Awaited<ReturnType<BrowserContext['storageState']>>;
};

/** The same, with the owner signed in to the console. */
export async function startConsoleWorld(env: Record<string, string> = {}): Promise<ConsoleWorld> {
  const world = await startBrowserWorld(env);
  const first = await openConsole(world.browser, world.parley.url);
  await signIn(first, 'owner@example.com');
  const session = await first.page.context().storageState();
  await first.close();
  return { ...world, session };
}
