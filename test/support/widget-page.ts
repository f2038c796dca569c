import type { Browser, BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import { collectErrors, findViolations } from './watch-page.ts';

/** A page on which the widget stands, and the widget as a customer uses it. */
export type WidgetPage = {
  page: Page;
  frame: FrameLocator;
  launcher: ReturnType<Page['locator']>;
  /** Everything that went wrong on the page, as the browser tells it. */
  errors: string[];
  open(): Promise<void>;
  write(text: string): Promise<void>;
  /** What axe finds in the widget, as short lines. */
  findViolations(): Promise<string[]>;
  close(): Promise<void>;
};

/** Opens an address in a profile of its own. */
export async function openWidgetPage(
  browser: Browser,
  url: string,
  {
    expected,
    ...options
  }: BrowserContextOptions & { /** Errors that the test brings about. */ expected?: RegExp[] } = {},
): Promise<WidgetPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  return driveWidget(await context.newPage(), url, () => context.close(), expected);
}

/** Another tab of the same customer. */
export const openSecondTab = async (first: WidgetPage, url: string): Promise<WidgetPage> => {
  const page = await first.page.context().newPage();
  return driveWidget(page, url, () => page.close());
};

async function driveWidget(
  page: Page,
  url: string,
  close: () => Promise<void>,
  expected: RegExp[] = [],
): Promise<WidgetPage> {
  const errors = await collectErrors(page, expected);
  await page.goto(url);
  const frame = page.frameLocator('[data-parley] iframe');
  const launcher = page.locator('[data-parley] button');
  return {
    page,
    frame,
    launcher,
    errors,
    async open() {
      await launcher.click();
      await frame.getByRole('textbox', { name: 'Message' }).waitFor();
    },
    async write(text) {
      await frame.getByRole('textbox', { name: 'Message' }).fill(text);
      await frame.getByRole('button', { name: 'Send' }).click();
    },
    findViolations: () => findViolations(page, '[data-parley]'),
    close,
  };
}
