import { mkdir } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import type { TestContext } from 'vitest';

const screenshots = new URL('../../test-output/e2e/', import.meta.url).pathname;

/**
 * Everything that goes wrong on the page from now on, as the browser tells it: exceptions, console errors, and what the
 * content-security-policy stopped, in frames too. What the test itself brings about is `expected`.
 */
export async function collectErrors(page: Page, expected: RegExp[] = []): Promise<string[]> {
  const errors: string[] = [];
  const note = (text: string) => {
    // told by an event as well, which says where it came from
    if (text.includes('violates the following Content Security Policy directive')) return;
    if (!expected.some((pattern) => pattern.test(text))) errors.push(text);
  };
  page.on('pageerror', (error) => note(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') note(`${message.text()} (${message.location().url})`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ target, violatedDirective, blockedURI, sourceFile }) => {
      // Chromium itself styles what is typed over a selection in an editable element; no code of ours does
      const typed = target instanceof Element && target.closest('.cm-content') && !sourceFile;
      if (!typed) console.error(`Content-Security-Policy stopped ${blockedURI}: ${violatedDirective} in ${sourceFile}`);
    });
  });
  return errors;
}

/** What axe finds, as short lines; `within` narrows it to a part of the page. */
export async function findViolations(page: Page, within = 'html'): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include(within).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** Kept as test output, not committed. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: `${screenshots}${name}.png` });
}

/** After each test: leaves nothing open, and of one that failed a picture of every page. */
export async function closePages(browser: Browser, { task }: Pick<TestContext, 'task'>): Promise<void> {
  const pages = task.result?.state === 'fail' ? browser.contexts().flatMap((context) => context.pages()) : [];
  for (const [at, page] of pages.entries()) {
    await takeScreenshot(page, `failed-${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}-${at + 1}`);
  }
  for (const context of browser.contexts()) await context.close();
}

/** What reaches beyond the sides of the window: the page itself, or a control that nothing scrolls into view. */
export const findOverflow = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const wide = scrollWidth > clientWidth ? [`the page is ${scrollWidth} px wide`] : [];
    const scrolls = (element: Element | null): boolean =>
      element !== null &&
      (/auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth
        ? true
        : scrolls(element.parentElement));
    const beyond = [
      ...document.querySelectorAll('a, button, input:not([type="file"], [type="radio"]), textarea, select'),
    ]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 1 && (right > clientWidth + 1 || left < -1) && !scrolls(element);
      })
      .map((element) => `beyond the edge: ${element.outerHTML.slice(0, 120)}`);
    return [...wide, ...beyond];
  });

/** A change of the scheme goes through the elements one after the other. */
const colorsSettled = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    for (let round = 0; round < 10; round += 1) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
      await Promise.allSettled(transitions.map((transition) => transition.finished));
    }
  });

/** Takes a picture of the page wide and narrow, light and dark; returns what is beyond the edge, and what axe finds in two of them. */
export async function lookEverywhere(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 390]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await colorsSettled(page);
      await takeScreenshot(page, `console-${name}-${colorScheme}-${width}`);
      // which takes seconds
      const isChecked = (colorScheme === 'light') === width > 400;
      const wrong = [...(isChecked ? await findViolations(page) : []), ...(await findOverflow(page))];
      found.push(...wrong.map((what) => `${colorScheme}, ${width} px: ${what}`));
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 900 });
  return found;
}
