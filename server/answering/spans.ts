/** A sentence, list item or table row of a markdown text, by its place in it: `text.slice(start, end)`. */
export type Span = {
  start: number;
  end: number;
  kind: 'sentence' | 'item' | 'row' | 'heading' | 'code';
  /** Spans of one paragraph, list, table or code block share a number. */
  block: number;
};

const headingLine = /^\s{0,3}#{1,6}\s/;
const itemLine = /^\s*(?:[-*+•]|\d{1,3}[.)])\s+/;
const rowLine = /^\s*\|.*\|\s*$/;
const ruleLine = /^\s*\|?[\s:|-]+\|?\s*$/;
const fence = /^\s*(?:```|~~~)/;

const abbreviation =
  /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|approx|no|nr|mr|mrs|ms|dr|st|inc|ltd|co|dept|fig|min|max|incl|excl|[a-z])\.$/i;

/** Where sentences end inside one paragraph, as offsets from its start. Also "done.Next": what converters leave behind. */
function sentenceEnds(paragraph: string): number[] {
  const ends: number[] = [];
  const boundary = /[.!?…。！？]+["'”’)\]*_]*(?=\s|$)|(?<=[\p{Ll})]{2})[.!?](?=\p{Lu}\p{Ll}+[\s,'’])|[。！？]/gu;
  for (const match of paragraph.matchAll(boundary)) {
    const end = match.index + match[0].length;
    if (match[0] === '.' && abbreviation.test(paragraph.slice(Math.max(0, end - 12), end))) continue;
    const next = paragraph.slice(end).trimStart();
    // "approx. five" goes on in lower case, a new sentence does not
    if (next !== '' && /^\p{Ll}/u.test(next) && match[0] === '.') continue;
    ends.push(end);
  }
  if (ends.at(-1) !== paragraph.length) ends.push(paragraph.length);
  return ends;
}

type Line = { start: number; text: string };

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    lines.push({ start, text: line });
    start += line.length + 1;
  }
  return lines;
}

/** The span without the white space around it; undefined when nothing is left. */
function trimmed(text: string, start: number, end: number, kind: Span['kind'], block: number): Span | undefined {
  const raw = text.slice(start, end);
  const from = start + (raw.length - raw.trimStart().length);
  const to = end - (raw.length - raw.trimEnd().length);
  return from < to ? { start: from, end: to, kind, block } : undefined;
}

/** Cuts a markdown text into its sentences, list items, table rows, headings and code blocks, in order. */
export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  const push = (span: Span | undefined) => {
    if (span) spans.push(span);
  };
  let block = 0;
  let paragraph: { start: number; end: number } | undefined;
  let last: Span['kind'] | undefined;
  let code: number | undefined;

  const flush = () => {
    if (!paragraph) return;
    let from = 0;
    for (const end of sentenceEnds(text.slice(paragraph.start, paragraph.end))) {
      push(trimmed(text, paragraph.start + from, paragraph.start + end, 'sentence', block));
      from = end;
    }
    paragraph = undefined;
  };
  const begin = (kind: Span['kind']) => {
    flush();
    if (last !== kind) block += 1;
    last = kind;
  };

  for (const line of linesOf(text)) {
    const end = line.start + line.text.length;
    if (code !== undefined) {
      if (!fence.test(line.text)) continue;
      push(trimmed(text, code, end, 'code', block));
      code = undefined;
      last = undefined;
    } else if (fence.test(line.text)) {
      begin('code');
      code = line.start;
    } else if (line.text.trim() === '') {
      flush();
      if (last !== 'item') last = undefined;
    } else if (headingLine.test(line.text)) {
      begin('heading');
      push(trimmed(text, line.start, end, 'heading', block));
    } else if (itemLine.test(line.text)) {
      begin('item');
      push(trimmed(text, line.start, end, 'item', block));
    } else if (rowLine.test(line.text)) {
      begin('row');
      if (!ruleLine.test(line.text)) push(trimmed(text, line.start, end, 'row', block));
    } else {
      const item = spans.at(-1);
      // an indented line goes on with the item above it
      if (last === 'item' && item && /^\s{2,}/.test(line.text)) item.end = end;
      else {
        if (!paragraph || last !== 'sentence') begin('sentence');
        paragraph = { start: paragraph?.start ?? line.start, end };
      }
    }
  }
  flush();
  if (code !== undefined) push(trimmed(text, code, text.length, 'code', block));
  return spans;
}
