import { describe, expect, test, vi } from 'vitest';
import { ownTitle, withoutTitle } from './own-title.ts';
import { readSource, type SourceFormat } from './to-markdown.ts';

const titleOf = async (format: SourceFormat, text: string) =>
  ownTitle(format, await readSource({ format, bytes: Buffer.from(text) }));

describe('a markdown file is headed with', () => {
  test.each([
    ['its first top-level heading', '## Before\n\nText.\n\n# Herons\n\nText.\n\n# Storks', 'Herons'],
    ['an underlined one', 'Herons\n======\n\nText.', 'Herons'],
    [
      'one without its marks',
      '#  [The **heron** `v2`](https://a.example)  ![badge](b.svg) \\_x\\_ #',
      'The heron v2 _x_',
    ],
    [
      'the title of its front matter',
      '---\ntitle: "Herons: a _guide_"\ntags: [a]\n---\n\n# Birds\n',
      'Herons: a _guide_',
    ],
    ['what of it can be kept', '---\ntitle: "Her\\0ons \\ud800!"\n---\nText.', 'Herons \ufffd!'],
    ['its heading where the front matter has no title', '---\r\ntags: [a]\r\n---\r\n# Birds\r\n', 'Birds'],
    ['its heading where what looks like front matter is none', '---\njust a sentence\n---\n# Birds\n', 'Birds'],
    ['nothing where there is only a lower heading', '## Birds\n\nText.', undefined],
    ['nothing where the heading is code', '```\n# Birds\n```\n', undefined],
    ['nothing where the heading has no word', '# ![](x.png)\n\n# …\n', undefined],
    ['500 characters at most', `# ${'x'.repeat(600)}`, 'x'.repeat(500)],
  ])('%s', async (_name, text, title) => {
    expect(await titleOf('markdown', text)).toBe(title);
  });
});

test('headings of nothing but marks hold nothing up, however many there are', async () => {
  expect(await titleOf('markdown', `# ${'_a*'.repeat(30_000)}\n\n`.repeat(10))).toBe('_a*'.repeat(200).slice(0, 500));
}, 10_000);

describe('a page is headed with', () => {
  test.each([
    ['its only h1', '<title>Herons | The zoo</title><h1>Herons &amp; <b>storks</b></h1><p>Text.', 'Herons & storks'],
    [
      'its title where it has several',
      '<title>\n Herons\n &gt; zoo </title><h1>The zoo</h1><h1>Herons</h1>',
      'Herons > zoo',
    ],
    ['its title where it has no h1', '<head><title>Herons</title></head><body><h2>Birds</h2>', 'Herons'],
    ['its first h1 where it has no title', '<h1>Herons</h1><h1>Storks</h1>', 'Herons'],
    ['nothing that a drawing says', '<body><svg><title>Icon</title></svg><p>Herons.', undefined],
  ])('%s', async (_name, text, title) => {
    expect(await titleOf('html', text)).toBe(title);
  });
});

test('other files have no title of their own', async () => {
  expect(await titleOf('text', '# Herons')).toBe(undefined);
  expect(await titleOf('csv', '# Herons,b\n1,2')).toBe(undefined);
});

test('what front matter says is not written to the log', async () => {
  const warned = vi.spyOn(process, 'emitWarning');
  expect(await titleOf('markdown', '---\ntitle: Herons\ntag: !secret nest\n---\nText.')).toBe('Herons');
  expect(warned).not.toHaveBeenCalled();
});

test('front matter is no text, and what only looks like it is', async () => {
  const read = async (text: string) => (await readSource({ format: 'markdown', bytes: Buffer.from(text) })).markdown;
  expect(await read('---\ntitle: Herons\n---\nText.')).toBe('Text.');
  expect(await read('---\nHerons eat fish.\n---\nText.')).toBe('---\nHerons eat fish.\n---\nText.');
  expect(await read('---\n"open: [\n---\nText.')).toBe('---\n"open: [\n---\nText.');
});

describe('the heading that is the title', () => {
  test('is no part of the text, what follows is, as it was written', () => {
    const rest = 'They pay half.\n\n## Food\n\n|a|b|\n|-|-|\n|1|2|\n\n# Storks\n\nThey pay   nothing.';
    expect(withoutTitle(`# **Herons**\n\n${rest}`, 'Herons')).toBe(rest);
    expect(withoutTitle(`Herons\n======\n\n${rest}`, 'Herons')).toBe(rest);
    expect(withoutTitle(`![logo](x.png)\n\n# Herons\n\n${rest}`, 'Herons')).toBe(`![logo](x.png)\n\n${rest}`);
  });

  test('is left out once, and where a title that stands elsewhere says the same', () => {
    expect(withoutTitle('# HERONS\n\nText.\n\n# Herons\n\nMore.', 'Herons')).toBe('Text.\n\n# Herons\n\nMore.');
  });

  test('stays where another heading stands before it, and where it is all there is', () => {
    for (const markdown of ['## Before\n\nText.\n\n# Herons\n\nMore.', '# Herons', '# Storks\n\nText.'])
      expect(withoutTitle(markdown, 'Herons')).toBe(markdown);
  });
});
