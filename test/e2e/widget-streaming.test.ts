import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { articles } from '../support/articles.ts';
import { type BrowserWorld, startBrowserWorld } from '../support/browser-world.ts';
import { type ScriptedOpenai, startScriptedOpenai } from '../support/scripted-openai.ts';
import { quoteOfLength } from '../support/scripted-reply.ts';
import { openWidgetPage, type WidgetPage } from '../support/widget-page.ts';

let world: BrowserWorld;
let model: ScriptedOpenai;
let firstTokenMs = 50;

beforeAll(async () => {
  model = await startScriptedOpenai({
    reply: (request) => {
      const text = quoteOfLength(request.messages.map(({ content }) => content).join('\n'), 120) ?? 'Nothing.';
      return { kind: 'text', text, tokens: 60, firstTokenMs, intervalMs: 25 };
    },
  });
  world = await startBrowserWorld({
    OPENAI_BASE_URL: model.baseUrl,
    OPENAI_API_KEY: 'sk-test',
    ANSWER_MODEL: 'openai:scripted',
    FAST_MODEL: 'openai:scripted',
    EMBEDDING_MODEL: 'builtin:use-lite',
  });
});

afterAll(async () => {
  await world?.stop();
  await model?.close();
});

/** Keeps every text that the growing answer shows, and marks its element to know it again. */
const watchAnswer = (widget: WidgetPage) =>
  widget.frame.locator('html').evaluate(() => {
    const seen: string[] = [];
    let first: Element | null = null;
    let same = true;
    new MutationObserver(() => {
      const answers = document.querySelectorAll('.row:not(.mine) .bubble');
      const answer = answers[answers.length - 1];
      if (!answer) return;
      first ??= answer;
      same &&= answer === first;
      const text = answer.textContent ?? '';
      if (seen.at(-1) !== text) seen.push(text);
      Object.assign(window, { seen, same });
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });

const watched = (widget: WidgetPage): Promise<{ seen: string[]; same: boolean }> =>
  widget.frame
    .locator('html')
    .evaluate(() => ({ seen: Reflect.get(window, 'seen') ?? [], same: Reflect.get(window, 'same') === true }));

describe('a streamed answer in the widget', () => {
  it('grows in place, piece by piece, and becomes the stored message without being drawn again', async () => {
    const widget = await openWidgetPage(world.browser, `${world.parley.url}/demo`);
    await widget.open();
    await watchAnswer(widget);
    await widget.write(articles[2]?.question ?? '');
    await widget.frame.locator('.footer').waitFor();
    const { seen, same } = await watched(widget);
    const whole = seen.at(-1) ?? '';
    expect(seen.length).toBeGreaterThan(5);
    for (const [at, text] of seen.entries()) expect(text.length).toBeGreaterThanOrEqual(seen[at - 1]?.length ?? 0);
    // half-written markers apart, each text is a beginning of the whole
    expect(whole.startsWith((seen[2] ?? '').slice(0, 20))).toBe(true);
    expect(same).toBe(true);
    expect(widget.errors).toEqual([]);
    await widget.close();
  });

  it('leaves a reader who has scrolled up where they are, and says that there is news', async () => {
    const widget = await openWidgetPage(world.browser, `${world.parley.url}/demo`, {
      viewport: { width: 480, height: 480 },
    });
    const { frame } = widget;
    await widget.open();
    await widget.write(articles[0]?.question ?? '');
    await frame.locator('.footer').waitFor();
    // time to scroll before the answer begins: what began in sight is no news
    firstTokenMs = 3_000;
    await widget.write(articles[1]?.question ?? '');
    await frame.locator('.working').waitFor();
    const scroller = frame.locator('.scroller');
    await scroller.evaluate((area) => area.scrollTo(0, 0));
    await frame.getByRole('button', { name: 'New message' }).waitFor();
    await frame.locator('.footer').last().waitFor();
    expect(await scroller.evaluate((area) => area.scrollTop)).toBe(0);
    await frame.getByRole('button', { name: 'New message' }).click();
    await expect
      .poll(() => scroller.evaluate((area) => area.scrollHeight - area.scrollTop - area.clientHeight))
      .toBeLessThan(2);
    await widget.close();
  });
});
