import { Marked } from 'marked';
import { expect, it } from 'vitest';
import { toHtml } from './render-markdown.ts';

it('shows a text that the parser gives up on as what was typed', () => {
  const marked = new Marked({ gfm: true, breaks: true });
  const nested = `${'- '.repeat(5_000)}x`;
  expect(() => marked.parse(nested)).toThrow();
  expect(toHtml(marked, `${nested}<img src=x>`)).toContain('&#60;img src=x&#62;');
  expect(toHtml(marked, '**bold**')).toContain('<strong>bold</strong>');
});
