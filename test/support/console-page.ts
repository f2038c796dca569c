import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { collectErrors } from './watch-page.ts';

/** The two demo agents and the owner share it where PARLEY_ADMIN_PASSWORD is this. */
export const password = 'a-password-for-tests';

/** The browser itself says so about each answer of 401, which is how the console learns that nobody is signed in. */
export const notSignedIn = /status of 401 .*\/api\/v1\/session\)/;

export type ConsolePage = {
  page: Page;
  /** Everything that went wrong on the page, as the browser tells it. */
  errors: string[];
  /** The conversation that is open. */
  conversation: Locator;
  /** Opens a place of the console by its path, as from a link. */
  goTo(path: string): Promise<void>;
  close(): Promise<void>;
};

/** The console in a browser profile of its own; `storageState` brings a session along. */
export async function openConsole(
  browser: Browser,
  url: string,
  { expected = [], ...options }: BrowserContextOptions & { expected?: RegExp[] } = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  const errors = await collectErrors(page, [notSignedIn, ...expected]);
  await page.goto(`${url}/console`);
  return {
    page,
    errors,
    conversation: page.getByRole('region', { name: 'Conversation', exact: true }),
    async goTo(path) {
      await page.goto(`${url}/console${path}`);
    },
    close: () => context.close(),
  };
}

/** Through the form, up to the inbox with its live connection. */
export async function signIn({ page }: Pick<ConsolePage, 'page'>, email: string, secret = password): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Your status: Online' }).waitFor();
}
