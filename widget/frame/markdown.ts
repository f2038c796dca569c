import { Lexer, type MarkedToken, type Token } from 'marked';

export type Block = { raw: string; token: MarkedToken };

const known = new Set(
  ['blockquote', 'br', 'checkbox', 'code', 'codespan', 'del', 'em', 'escape', 'heading', 'hr', 'html'].concat([
    'image',
    'link',
    'list',
    'list_item',
    'paragraph',
    'strong',
    'table',
    'text',
  ]),
);

/** Whatever is not drawn (space, definitions, what the parser may learn later) is left out. */
export const isDrawn = (token: Token): token is MarkedToken => known.has(token.type);

/**
 * The text as top-level blocks: while it grows, only the last of them changes. Text that the parser gives up on (nested a
 * thousand levels deep) is one block, as it stands.
 */
export function splitBlocks(text: string): Block[] {
  try {
    const tokens = new Lexer({ gfm: true, breaks: true }).lex(text);
    return tokens.filter(isDrawn).map((token) => ({ raw: token.raw, token }));
  } catch {
    return [{ raw: text, token: { type: 'html', raw: text, text, pre: false, block: true } }];
  }
}

/** The address, if it leads to a page or an e-mail. */
export function safeAddress(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined;
}

let entities: DOMParser | undefined;

/** Markdown knows HTML's character references; the parser that reads them runs nothing. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]\w{1,31});/gi, (reference) => {
    entities ??= new DOMParser();
    return entities.parseFromString(reference, 'text/html').documentElement.textContent ?? reference;
  });
}

export type Piece = string | { marker: number };

/** Splits `[n]` out of a text. */
export const splitMarkers = (text: string): Piece[] =>
  text.split(/\[(\d{1,2})\]/).map((piece, at) => (at % 2 === 0 ? piece : { marker: Number(piece) }));

/** The text without its marks, for screen readers and previews. */
export function plainText(body: string): string {
  return body
    .replace(/\[\d{1,2}\]/g, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^[\s|:-]+$/gm, '')
    .replace(/^\s*[-*+]\s+/gm, '')
    .replace(/[*_`#>|~]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
