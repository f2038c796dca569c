import type { Analyze } from '../knowledge/analyze.ts';
import { type Span, spansOf } from './spans.ts';

/** What is quoted whole or not at all: a sentence, a list with its lead-in, a table with its head, a piece of code. */
export type Atom = {
  start: number;
  end: number;
  words: number;
  /** What has to be read to find the answer in it: of a table its head and one row. */
  effort: number;
  kind: 'sentence' | 'steps' | 'list' | 'table' | 'code';
  text: string;
  /** What it says, in parts that are true one by one: a table's rows, each with the head. One part for all else. */
  parts: Set<number>[];
  /** Cannot be joined with its neighbours. */
  alone: boolean;
};

/** The atoms between two headings. */
export type Section = { heading: string; headingTerms: Set<number>; atoms: Atom[] };

export const quoteWordsMax = 120;

const countWords = (text: string) => text.match(/[\p{L}\p{N}][^\s|]*/gu)?.length ?? 0;
/** What never ends, such as a log without a full stop, is cut at the limit. */
function firstWords(text: string): string {
  let words = 0;
  for (const match of text.matchAll(/[^\s|]+/gu)) {
    if (words === quoteWordsMax) return text.slice(0, match.index).trimEnd();
    if (/[\p{L}\p{N}]/u.test(match[0])) words += 1;
  }
  return text;
}

const isStep = (text: string) => /^\s*\d/.test(text);
/** Where a link leads is not said by the sentence. */
const withoutTargets = (text: string) => text.replace(/\]\([^)\s]*\)/g, ']');
const titleOf = (line: string) => line.replace(/^\s*#+\s*/, '');
const depthOf = (line: string) => /^\s*(#+)/.exec(line)?.[1]?.length ?? 1;

function toAtoms(text: string, spans: Span[], analyze: Analyze): Atom[] {
  const termsOf = (part: string) => new Set(analyze(withoutTargets(part)).map(({ term }) => term));
  const make = (kind: Atom['kind'], first: Span, last: Span, cells: string[] | undefined, alone = false): Atom => {
    const all = text.slice(first.start, last.end);
    const own = first === last && kind !== 'code' ? firstWords(all) : all;
    const words = countWords(own);
    const parts = cells?.map(termsOf) ?? [termsOf(own)];
    return {
      start: first.start,
      end: first.start + own.length,
      words,
      effort: cells ? Math.round(cells.reduce((sum, cell) => sum + countWords(cell), 0) / cells.length) : words,
      kind,
      text: own,
      parts,
      alone,
    };
  };
  const atoms: Atom[] = [];
  for (let at = 0; at < spans.length; ) {
    const first = spans[at];
    if (!first) break;
    const block = spans.slice(at).filter((span) => span.block === first.block);
    const last = block.at(-1) ?? first;
    at += block.length;
    if (first.kind === 'item') {
      const lead = atoms.at(-1);
      const opening = lead?.kind === 'sentence' && lead.text.endsWith(':') ? { ...first, start: lead.start } : first;
      const kind = isStep(text.slice(first.start, first.end)) ? 'steps' : 'list';
      const whole = make(kind, opening, last, undefined);
      if (whole.words <= quoteWordsMax) {
        if (opening !== first) atoms.pop();
        const leadIn = opening === first ? '' : (lead?.text ?? '');
        const items = block.map((item) => `${leadIn} ${text.slice(item.start, item.end)}`);
        const each = make(kind, opening, last, items);
        // a step alone is no answer, but whoever reads steps reads them one by one
        atoms.push(kind === 'list' ? each : { ...whole, effort: each.effort });
      } else for (const item of block) atoms.push(make(kind, item, item, undefined));
    } else if (first.kind === 'row') {
      const head = text.slice(first.start, first.end);
      const rows = block.slice(1);
      const withHead = (row: Span) => `${head} ${text.slice(row.start, row.end)}`;
      const whole = make('table', first, last, rows.length > 0 ? rows.map(withHead) : undefined);
      if (whole.words <= quoteWordsMax) atoms.push(whole);
      else
        for (const row of rows) {
          const fromHead = make('table', first, row, [withHead(row)], true);
          atoms.push(fromHead.words <= quoteWordsMax ? fromHead : make('table', row, row, [withHead(row)], true));
        }
    } else
      for (const span of block) atoms.push(make(span.kind === 'code' ? 'code' : 'sentence', span, span, undefined));
  }
  return atoms;
}

/** `Do you engrave?`, before what answers it: as good as a heading. */
const isQuestion = (text: string) => /\?["”’)*_]*$/.test(text);
/** Below every heading, until the next question. */
const questionDepth = 7;

/** A chunk's text cut at its headings and questions; each section knows those above it, the chunk's own included. */
export function sectionsOf(text: string, headingPath: string[], analyze: Analyze): Section[] {
  const sections: Section[] = [];
  let above = headingPath.map((title) => ({ depth: 0, title }));
  let spans: Span[] = [];
  const close = () => {
    if (spans.length === 0) return;
    const headings = above.map(({ title }) => title).join(' ');
    const headingTerms = new Set(analyze(headings).map(({ term }) => term));
    sections.push({ heading: above.at(-1)?.title ?? '', headingTerms, atoms: toAtoms(text, spans, analyze) });
    spans = [];
  };
  const all = spansOf(text);
  const textOf = ({ start, end }: Span) => text.slice(start, end);
  for (const [at, span] of all.entries()) {
    const next = all[at + 1];
    const isAnswered = next !== undefined && next.kind !== 'heading' && !isQuestion(textOf(next));
    const isAsking = span.kind === 'sentence' && isAnswered && isQuestion(textOf(span));
    if (span.kind !== 'heading' && !isAsking) {
      spans.push(span);
      continue;
    }
    close();
    const depth = isAsking ? questionDepth : depthOf(textOf(span));
    above = [...above.filter((heading) => heading.depth < depth), { depth, title: titleOf(textOf(span)) }];
  }
  close();
  return sections;
}
