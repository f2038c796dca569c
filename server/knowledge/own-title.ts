import { Lexer, type Token } from 'marked';
import { storable } from '../../protocol/common.ts';
import type { ReadSource, SourceFormat } from './to-markdown.ts';

const titleLengthMax = 500;
/** Marks and addresses of a title have room in this; with nested marks, reading a line takes quadratic time. */
const titleMarkdownMax = 2_000;

function wordsOf(tokens: Token[]): string {
  const words = tokens.map((token) => {
    if (token.type === 'image' || token.type === 'html') return '';
    if ('tokens' in token && token.tokens) return wordsOf(token.tokens);
    return 'text' in token ? String(token.text) : ' ';
  });
  return words.join('');
}

/** The text as a title, on one line and as long as one may be; undefined where it says nothing. */
export function toTitle(text: string): string | undefined {
  const title = storable(text.replace(/\s+/g, ' ').trim().slice(0, titleLengthMax)).trim();
  return /[\p{L}\p{N}]/u.test(title) ? title : undefined;
}

/** The same of a line of markdown, without its marks, pictures and addresses. */
export const titleText = (markdown: string): string | undefined =>
  toTitle(wordsOf(Lexer.lexInline(markdown.slice(0, titleMarkdownMax))));

/** What the first two top-level headings say that say something. */
function topHeadings(markdown: string): string[] {
  const found: string[] = [];
  for (const token of new Lexer({ gfm: true }).blockTokens(markdown, [])) {
    const title = token.type === 'heading' && token.depth === 1 ? titleText(token.text) : undefined;
    if (title !== undefined) found.push(title);
    if (found.length === 2) break;
  }
  return found;
}

/**
 * What a file is headed with. Markdown: the title of its front matter, else its first top-level heading. A page: its only h1, else
 * its <title>, else its first h1. A Word document: its paragraph of the style Title, else its only top-level heading; where it has
 * several, they head its chapters. Other files have none.
 */
export function ownTitle(format: SourceFormat, { markdown, title }: ReadSource): string | undefined {
  if (format !== 'markdown' && format !== 'html' && format !== 'docx') return undefined;
  const [first, second] = topHeadings(markdown);
  const only = second === undefined ? first : undefined;
  switch (format) {
    case 'markdown':
      return title ?? first;
    case 'html':
      return only ?? title ?? first;
    case 'docx':
      return title ?? only;
  }
}

/** The markdown without the top-level heading that says the title, where that is the first heading and something else is left. */
export function withoutTitle(markdown: string, title: string): string {
  const tokens = new Lexer({ gfm: true }).blockTokens(markdown, []);
  const at = tokens.findIndex((token) => token.type === 'heading');
  const heading = tokens[at];
  if (heading?.type !== 'heading' || heading.depth !== 1) return markdown;
  if (titleText(heading.text)?.toLowerCase() !== title.toLowerCase()) return markdown;
  const written = (some: Token[]) =>
    some
      .map(({ raw }) => raw)
      .join('')
      .trim();
  const left = [written(tokens.slice(0, at)), written(tokens.slice(at + 1))].join('\n\n').trim();
  return /[\p{L}\p{N}]/u.test(left) ? left : markdown;
}
