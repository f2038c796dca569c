import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tokensOf } from './count-tokens.ts';
import { splitMarkdown } from './split-markdown.ts';

const sentence = 'Boots go back within thirty days of delivery if they were only worn indoors. ';
const paragraph = (sentences: number) => sentence.repeat(sentences).trim();

test('a short document is one passage, with its headings in the text', async () => {
  const passages = await splitMarkdown('# Returns\n\nThirty days.\n\n## Refunds\n\nFive days.');
  expect(passages).toHaveLength(1);
  expect(passages[0]).toMatchObject({ headingPath: ['Returns'], text: 'Thirty days.\n\n## Refunds\n\nFive days.' });
});

test('long sections are passages of their own, each under its headings', async () => {
  const markdown = `# Shop\n\n## Returns\n\n${paragraph(15)}\n\n## Delivery\n\n${paragraph(15)}`;
  const passages = await splitMarkdown(markdown);
  expect(passages.map(({ headingPath }) => headingPath)).toEqual([
    ['Shop', 'Returns'],
    ['Shop', 'Delivery'],
  ]);
});

test('a paragraph that is too long is parted between sentences, and nothing of it is lost', async () => {
  const text = Array.from({ length: 80 }, (_, index) => `Sentence number ${index} says something.`).join(' ');
  const passages = await splitMarkdown(text);
  expect(passages.length).toBeGreaterThan(1);
  for (const passage of passages) expect(passage.tokens).toBeLessThanOrEqual(330);
  const all = passages.map((passage) => passage.text).join(' ');
  for (let index = 0; index < 80; index += 1) expect(all).toContain(`number ${index} says`);
});

test('steps, tables and code stay whole where they fit', async () => {
  const steps = Array.from(
    { length: 30 },
    (_, index) => `${index + 1}. Press the button number ${index + 1} firmly.`,
  ).join('\n');
  const code = `\`\`\`\n${'const value = compute(1);\n'.repeat(40)}\`\`\``;
  const passages = await splitMarkdown(`${paragraph(10)}\n\n${steps}\n\n${code}`);
  expect(passages.some((passage) => passage.text.includes(steps))).toBe(true);
  expect(passages.some((passage) => passage.text.includes(code))).toBe(true);
});

test('each part of a long table begins with its head', async () => {
  const rows = Array.from({ length: 200 }, (_, index) => `| size ${index} | ${index} cm around the chest |`).join('\n');
  const passages = await splitMarkdown(`| Size | Chest |\n| --- | --- |\n${rows}`);
  expect(passages.length).toBeGreaterThan(3);
  for (const passage of passages) expect(passage.text.startsWith('| Size | Chest |\n| --- | --- |\n| size')).toBe(true);
});

test('a document of headings alone keeps them as its text', async () => {
  expect((await splitMarkdown('# Opening hours\n\n## Monday to Friday')).map(({ text }) => text).join()).toContain(
    'Monday',
  );
});

test('nothing gives no passage', async () => {
  expect(await splitMarkdown(' \n\n ')).toEqual([]);
});

test('a run without spaces is parted in time', async () => {
  const started = Date.now();
  const passages = await splitMarkdown('x'.repeat(100_000));
  expect(passages.length).toBeGreaterThan(10);
  expect(passages.map(({ text }) => text.replace(/\s/g, '')).join('')).toHaveLength(100_000);
  expect(Date.now() - started).toBeLessThan(10_000);
});

test('tokens are counted as models count them, and estimated where that would take long', () => {
  expect(tokensOf('Hello world')).toBe(2);
  expect(tokensOf('y'.repeat(300_000))).toBe(100_000);
});

const listed = (from: number, to: number, line: (index: number) => string) =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index)).join('\n');
const step = (index: number) => `${index}. Press the round button number ${index} on the left side of the case firmly.`;

test('a list that is too long is parted between its items, each with its number', async () => {
  const passages = await splitMarkdown(`# Setup\n\n${listed(1, 60, step)}`);
  expect(passages.length).toBeGreaterThan(2);
  expect(passages.map(({ text }) => text).join('\n')).toBe(listed(1, 60, step));
  for (const { headingPath } of passages) expect(headingPath).toEqual(['Setup']);
});

test('a list that leaves the counting to its reader is counted when it is parted', async () => {
  const passages = await splitMarkdown(listed(1, 60, (index) => step(index).replace(/^\d+/, '1')));
  expect(passages.map(({ text }) => text).join('\n')).toBe(listed(1, 60, step));
});

test('what is below an item stays with it', async () => {
  const item = (index: number) => `${step(index)}\n    - Hold it for ${index} seconds.\n    - Let go of ${index}.`;
  const passages = await splitMarkdown(listed(1, 40, item));
  expect(passages.length).toBeGreaterThan(2);
  for (let index = 1; index <= 40; index += 1) {
    expect(passages.filter(({ text }) => text.includes(item(index)))).toHaveLength(1);
  }
});

test('an item that is too long is parted between the items below it', async () => {
  const below = (index: number) => `   - Under point ${index}, look for the small grey lever and push it down.`;
  const passages = await splitMarkdown(`1. Do all of this:\n${listed(1, 60, below)}\n2. Done.`);
  expect(passages.length).toBeGreaterThan(2);
  for (let index = 1; index <= 60; index += 1) {
    expect(passages.filter(({ text }) => text.includes(below(index).trim()))).toHaveLength(1);
  }
});

test.each([
  ['a list', listed(1, 30, step)],
  ['the first part of a list that is parted', listed(1, 60, step)],
  ['a table', `| Size | Chest |\n| --- | --- |\n${listed(1, 25, (index) => `| ${index} | ${index} cm |`)}`],
  ['code', `\`\`\`\n${listed(1, 40, (index) => `const value${index} = ${index};`)}\n\`\`\``],
])('the sentence that introduces %s stays with it', async (_, whole) => {
  const passages = await splitMarkdown(`${paragraph(14)} To set it up, do this:\n\n${whole}`);
  const introduced = passages.filter(({ text }) => text.includes('To set it up, do this:'));
  expect(introduced).toHaveLength(1);
  expect(introduced[0]?.text.split('do this:')[1]?.trim().slice(0, 12)).toBe(whole.slice(0, 12));
});

test('a paragraph and what it introduces read as they were written where both fit', async () => {
  const text = 'Boots go back. To send them, do this:\n\n1. Pack.\n2. Post.';
  expect(await splitMarkdown(text)).toMatchObject([{ text }]);
});

test('parts of long code are fenced each', async () => {
  const passages = await splitMarkdown(
    `\`\`\`js\n${listed(1, 200, (index) => `const value${index} = compute(${index});`)}\n\`\`\``,
  );
  expect(passages.length).toBeGreaterThan(3);
  for (const { text } of passages) expect(text).toMatch(/^```js\nconst value[\s\S]*\n```$/);
});

test('a sentence keeps its full stop where the text is parted after it', async () => {
  const passages = await splitMarkdown(
    Array.from({ length: 80 }, (_, index) => `Sentence ${index} says so.`).join(' '),
  );
  expect(passages.length).toBeGreaterThan(1);
  for (const { text } of passages) expect(text).toMatch(/^Sentence[\s\S]*so\.$/);
});

test('a heading with nothing below it is not lost', async () => {
  const passages = await splitMarkdown('# A\n\n## Nothing here\n\n## Here\n\nText.\n\n## The `foo_bar` end');
  expect(passages.map(({ headingPath, text }) => [...headingPath, text].join('\n')).join('\n')).toBe(
    'A\n## Nothing here\n\n## Here\n\nText.\n\n## The foo_bar end',
  );
});

/** A document as a tree of words that are all different, so that each can be looked for. */
const words = fc.integer({ min: 1, max: 90 });
const part = fc.oneof(
  fc.record({ kind: fc.constant('heading' as const), depth: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('paragraph' as const), sentences: fc.array(words, { minLength: 1, maxLength: 12 }) }),
  fc.record({
    kind: fc.constantFrom('steps' as const, 'list' as const),
    items: fc.array(fc.record({ own: words, below: fc.array(words, { maxLength: 4 }) }), {
      minLength: 1,
      maxLength: 25,
    }),
  }),
  fc.record({ kind: fc.constant('table' as const), rows: fc.array(words, { minLength: 1, maxLength: 30 }) }),
  fc.record({ kind: fc.constant('code' as const), lines: fc.array(words, { minLength: 1, maxLength: 30 }) }),
);

function render(parts: (typeof part extends fc.Arbitrary<infer Part> ? Part : never)[]): string {
  let number = 0;
  const say = (count: number) => Array.from({ length: count }, () => `w${number++}x`).join(' ');
  const one = (given: (typeof parts)[number]): string => {
    switch (given.kind) {
      case 'heading':
        return `${'#'.repeat(given.depth)} ${say(3)}`;
      case 'paragraph':
        return given.sentences.map((count) => `${say(count)}.`).join(' ');
      case 'steps':
      case 'list':
        return given.items
          .map(({ own, below }, index) => {
            const mark = given.kind === 'steps' ? `${index + 1}.` : '-';
            return [`${mark} ${say(own)}`, ...below.map((count) => `   - ${say(count)}`)].join('\n');
          })
          .join('\n');
      case 'table':
        return ['| Head |', '| --- |', ...given.rows.map((count) => `| ${say(count)} |`)].join('\n');
      case 'code':
        return ['```', ...given.lines.map(say), '```'].join('\n');
    }
  };
  // a comment parts two lists, as people who write markdown do
  return parts.map(one).join('\n\n<!-- -->\n\n');
}

test('the passages hold every word of the document, in order, and none grows beyond what has to stay whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 8 }), async (parts) => {
      const markdown = render(parts);
      const passages = await splitMarkdown(markdown);
      const read = passages.map(({ headingPath, text }) => [...headingPath, text].join('\n')).join('\n');
      const found = [...new Set(read.match(/w\d+x/g) ?? [])];
      expect(found).toEqual(markdown.match(/w\d+x/g) ?? []);
      for (const { tokens } of passages) expect(tokens).toBeLessThanOrEqual(800);
    }),
    { numRuns: 60 },
  );
}, 60_000);
