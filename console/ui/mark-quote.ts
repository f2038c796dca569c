import { plainText } from './plain-text.ts';

/**
 * Marks the first place where the quote stands in the rendered text, whatever the white space and markup between its
 * words, and returns the first mark; undefined when it is not there word for word.
 */
export function markQuote(root: HTMLElement, quote: string): HTMLElement | undefined {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: { node: Text; start: number }[] = [];
  let all = '';
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!(node instanceof Text)) continue;
    nodes.push({ node, start: all.length });
    all += node.data;
  }
  const words = plainText(quote).split(' ').filter(Boolean);
  if (words.length === 0) return undefined;
  const match = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s*')).exec(all);
  if (!match) return undefined;

  let first: HTMLElement | undefined;
  const end = match.index + match[0].length;
  for (const { node, start } of nodes) {
    const from = Math.max(0, match.index - start);
    const to = Math.min(node.data.length, end - start);
    if (from >= to || node.data.slice(from, to).trim() === '') continue;
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    const mark = document.createElement('mark');
    range.surroundContents(mark);
    first ??= mark;
  }
  return first;
}
