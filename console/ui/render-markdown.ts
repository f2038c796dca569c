import DOMPurify from 'dompurify';
import { Marked, type TokenizerAndRendererExtension } from 'marked';

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** `[2]` in a text with citations becomes a button; whoever shows the text listens for its click. */
const citationMark: TokenizerAndRendererExtension = {
  name: 'citationMark',
  level: 'inline',
  start: (source) => source.match(/\[\d/)?.index,
  tokenizer(source) {
    const match = /^\[(\d{1,3})\](?![([:])/.exec(source);
    return match ? { type: 'citationMark', raw: match[0], n: match[1] } : undefined;
  },
  renderer: (token) => `<button type="button" data-citation="${token.n}">${token.n}</button>`,
};

const renderer = {
  // Raw HTML is shown as what was typed.
  html: ({ text }: { text: string }) => escapeHtml(text),
  // Pictures from elsewhere would tell the sender who reads; they stay links.
  image: ({ href, text }: { href: string; text: string }) =>
    `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>`,
};

const plain = new Marked({ gfm: true, breaks: true, renderer });
const cited = new Marked({ gfm: true, breaks: true, renderer, extensions: [citationMark] });

const purify = typeof window === 'undefined' ? undefined : DOMPurify(window);
purify?.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') {
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noopener noreferrer nofollow');
  }
  // What scrolls sideways must be reachable by keyboard.
  if (node.tagName === 'PRE' || node.tagName === 'TABLE') node.setAttribute('tabindex', '0');
});

const allowed = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'a', 'button'],
    ...['ul', 'ol', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'input'],
  ],
  ALLOWED_ATTR: ['href', 'title', 'start', 'align', 'type', 'checked', 'disabled', 'data-citation'],
  // Everything else is checked as an address, as href is.
  ADD_URI_SAFE_ATTR: ['title', 'start', 'align', 'type', 'checked', 'disabled', 'data-citation'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i,
  ALLOW_DATA_ATTR: false,
};

/** A text nested so deeply that the parser gives up is shown as what was typed, instead of taking the page down. */
export function toHtml(marked: Pick<Marked, 'parse'>, markdown: string): string {
  try {
    return marked.parse(markdown, { async: false });
  } catch {
    return `<p>${escapeHtml(markdown)}</p>`;
  }
}

/** Sanitised HTML of a message or an article. `citations`: which numbers have something behind them. */
export function renderMarkdown(markdown: string, citations: readonly { n: number; title: string }[] = []): string {
  const titles = new Map(citations.map(({ n, title }) => [String(n), title]));
  const html = toHtml(titles.size > 0 ? cited : plain, markdown);
  const clean = purify?.sanitize(html, allowed) ?? '';
  return clean.replace(/<button[^>]*data-citation="(\d+)"[^>]*>\d+<\/button>/g, (_mark, n: string) => {
    const title = titles.get(n);
    if (title === undefined) return `[${n}]`;
    return `<button type="button" data-citation="${n}" aria-label="Source ${n}: ${escapeHtml(title)}">${n}</button>`;
  });
}
