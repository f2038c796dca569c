import { expect, test } from 'vitest';
import { splitMarkdown, tokensOf } from './split-markdown.ts';

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
