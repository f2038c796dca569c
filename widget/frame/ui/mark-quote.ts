/** Letters and digits only: the quote is plain or markdown, the page is neither. */
const squeeze = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

/** What stands next to a letter without a space between: `€14.90` is marked with its sign. */
const touching = /[^\s\p{L}\p{N}]/u;

/** Marks the quote in the rendered text and brings it into view. Marks nothing where it cannot be found. */
export function markQuote(root: HTMLElement, quote: string): void {
  const wanted = squeeze(quote);
  if (wanted === '') return;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const letters: { node: Text; at: number }[] = [];
  let all = '';
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!(node instanceof Text)) continue;
    let at = 0;
    for (const char of node.data) {
      const kept = squeeze(char);
      for (const unit of kept) {
        all += unit;
        for (let count = 0; count < unit.length; count += 1) letters.push({ node, at });
      }
      at += char.length;
    }
  }
  const start = all.indexOf(wanted);
  if (start < 0) return;
  const spans = new Map<Text, { from: number; to: number }>();
  for (const { node, at } of letters.slice(start, start + wanted.length)) {
    const char = node.data.codePointAt(at) ?? 0;
    spans.set(node, { from: spans.get(node)?.from ?? at, to: at + (char > 0xffff ? 2 : 1) });
  }
  for (const [node, { from: first, to: last }] of spans) {
    let [from, to] = [first, last];
    while (touching.test(node.data.charAt(from - 1))) from -= 1;
    while (touching.test(node.data.charAt(to))) to += 1;
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    range.surroundContents(document.createElement('mark'));
  }
  root.querySelector('mark')?.scrollIntoView({ block: 'center' });
}
