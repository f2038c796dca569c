import { splitMarked } from './marked-words.ts';

/** The same HTML with the words that have one of the forms in <mark>. Give it only what has been sanitised. */
export function markWords(html: string, forms: ReadonlySet<string>): string {
  const template = document.createElement('template');
  template.innerHTML = html;
  const walker = document.createTreeWalker(template.content, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node instanceof Text) texts.push(node);
  for (const text of texts) {
    const pieces = splitMarked(text.data, forms);
    if (!pieces.some(({ marked }) => marked)) continue;
    text.replaceWith(...pieces.map((piece) => (piece.marked ? toMark(piece.text) : piece.text)));
  }
  return template.innerHTML;
}

function toMark(text: string): HTMLElement {
  const mark = document.createElement('mark');
  mark.textContent = text;
  return mark;
}
