import type { SearchResult } from '../../protocol/knowledge.ts';
import type { Analyze } from '../knowledge/analyze.ts';
import { inverseDocumentFrequency } from '../knowledge/bm25f.ts';
import { questionStopWords } from '../knowledge/stop-words.ts';
import { type Ask, asksOf, fits } from './extractive-asks.ts';
import { type Atom, quoteWordsMax, type Section, sectionsOf } from './extractive-atoms.ts';

export type Passage = {
  source: SearchResult;
  /** Word for word a part of `source.text`. */
  quote: string;
  /** How much of the question, by the rarity of its terms, the passage and its headings speak of: 0 to 1. */
  coverage: number;
};

/** Terms that only earlier turns brought in count less than the question's own. */
const earlierWeight = 0.4;
/** A term in the article's title tells less than one in the sentence, or in the headings above it. */
const titleShare = 0.5;
/** A sentence is hardly better for being short; what goes beyond a sentence has to earn its place. */
const sentenceWords = 15;
const sentenceCost = 0.004;
const lengthCost = 0.015;
/** What kind of answer is asked for breaks near ties. */
const kindBonus = 0.5;
const headingBonus = 0.4;
/** For who asks how, the steps of the right article win over its best sentences when they score at least this share. */
const stepsShare = 0.4;
const asideShare = 0.6;
/** A further chunk of a document is scored by its own closeness, which says little about its sentences. */
const furtherChunkShare = 0.85;
const retrievalPower = 1.5;

/** What stands around the best sentences in their section usually goes with them. */
const fillWords = 100;

type Chunk = { source: SearchResult; title: Set<number>; sections: Section[]; prior: number };

const partsOf = (chunk: Chunk) => chunk.sections.flatMap(({ atoms }) => atoms.flatMap(({ parts }) => parts));

/** How much the ranking says for each chunk, 0 to 1: its document's score, a little less for a document's further chunks. */
function priorsOf(results: SearchResult[]): number[] {
  const top = Math.max(0, ...results.map(({ score }) => score));
  const best = new Map<string, number>();
  return results.map(({ documentId, score }) => {
    const first = best.get(documentId);
    if (first === undefined) best.set(documentId, Math.max(0, score));
    const relative = top > 0 ? (first ?? Math.max(0, score)) / top : 1;
    return relative ** retrievalPower * (first === undefined ? 1 : furtherChunkShare);
  });
}

/** Weights of the question's terms: rare ones among the sentences of the candidates weigh more. */
function weightsOf(question: string, query: string, chunks: Chunk[], analyze: Analyze): Map<number, number> {
  const parts = chunks.flatMap(partsOf);
  const containing = new Map<number, number>();
  for (const part of parts) for (const term of part) containing.set(term, (containing.get(term) ?? 0) + 1);
  const weights = new Map<number, number>();
  const weigh = (text: string, factor: number) => {
    for (const { term, code, word } of analyze(text)) {
      if (questionStopWords.has(word)) continue;
      // a code that stands nowhere as a whole asks with its parts
      if (weights.has(term) || (code === 'whole' && !containing.has(term))) continue;
      weights.set(term, factor * inverseDocumentFrequency(parts.length, containing.get(term) ?? 0));
    }
  };
  weigh(question, 1);
  weigh(query, earlierWeight);
  return weights;
}

const aside = /^(?:[-*]\s+)?(?:see|read|more in|for example|example|e\.g\.)[\s:,]|\?["”’)*_]*$/i;
const exampleHeading = /^examples?\b/i;

/** What an atom says of the question: of a table the row that says most, with its head. */
function bestPart(atom: Atom, weights: Map<number, number>): Set<number> {
  let best = new Set<number>();
  let most = 0;
  for (const part of atom.parts) {
    const said = new Set<number>();
    let gain = 0;
    for (const term of part) {
      const weight = weights.get(term);
      if (weight === undefined) continue;
      said.add(term);
      gain += weight;
    }
    if (gain > most) [best, most] = [said, gain];
  }
  return best;
}

/** Says something beyond the question's own words. */
const addsSomething = (atom: Atom, weights: Map<number, number>) =>
  /\d/.test(atom.text) || atom.parts.some((part) => [...part].some((term) => !weights.has(term)));

type Run = { atoms: Atom[]; section: Section; chunk: Chunk; score: number };

/** The best run of consecutive atoms of a section: Σ weight · where it is said, over a cost for its length. */
function bestRun(
  chunk: Chunk,
  section: Section,
  weights: Map<number, number>,
  wanted: Ask[],
  only?: Atom['kind'],
): Run | undefined {
  const context = new Map<number, number>();
  for (const term of weights.keys()) {
    if (section.headingTerms.has(term)) context.set(term, 1);
    else if (chunk.title.has(term)) context.set(term, titleShare);
  }
  const asked = [...section.headingTerms].filter((term) => weights.has(term)).length;
  const headingFit = asked / Math.max(1, section.headingTerms.size);
  const said = section.atoms.map((atom) =>
    addsSomething(atom, weights) ? bestPart(atom, weights) : new Set<number>(),
  );
  let best: Run | undefined;
  for (let first = 0; first < section.atoms.length; first += 1) {
    const spoken = new Set<number>();
    let [words, effort] = [0, 0];
    for (let last = first; last < section.atoms.length; last += 1) {
      const atom = section.atoms[last];
      if (!atom || (last > first && atom.alone)) break;
      words += atom.words;
      // steps are one act for who asks how, and many words for who asks anything else
      effort += atom.kind === 'steps' && !wanted.includes('steps') ? atom.words : atom.effort;
      if (words > quoteWordsMax && last > first) break;
      for (const term of said[last] ?? []) spoken.add(term);
      let gain = 0;
      for (const [term, weight] of weights) {
        gain += weight * (spoken.has(term) ? 1 : (context.get(term) ?? 0));
      }
      if (gain === 0) continue;
      const atoms = section.atoms.slice(first, last + 1);
      if (only && !atoms.some(({ kind }) => kind === only)) continue;
      const isAside = exampleHeading.test(section.heading) || aside.test(atom.text) || aside.test(atoms[0]?.text ?? '');
      const kind = wanted.length > 0 ? wanted.filter((ask) => fits(ask, atoms)).length / wanted.length : 0;
      const score =
        (gain * (1 + kindBonus * kind + headingBonus * headingFit) * (isAside ? asideShare : 1) * chunk.prior) /
        (1 + sentenceCost * Math.min(effort, sentenceWords) + lengthCost * Math.max(0, effort - sentenceWords));
      if (!best || score > best.score) best = { atoms, section, chunk, score };
      if (atom.alone) break;
    }
  }
  return best;
}

/** The better one, the earlier one among equals. */
const better = (one: Run | undefined, other: Run | undefined) =>
  !one || (other && other.score > one.score) ? other : one;

/** The best run, and for who asks how the steps beside it: what is quoted comes last. */
function bestOf(chunks: Chunk[], weights: Map<number, number>, wanted: Ask[]): Run[] {
  let best: Run | undefined;
  for (const chunk of chunks) {
    for (const section of chunk.sections) best = better(best, bestRun(chunk, section, weights, wanted));
  }
  if (!best) return [];
  if (!wanted.includes('steps')) return [best];
  // an article's opening says most of its words, and its steps say how
  const { documentId } = best.chunk.source;
  let steps: Run | undefined;
  for (const chunk of chunks.filter(({ source }) => source.documentId === documentId)) {
    for (const section of chunk.sections) {
      if (![...section.headingTerms].some((term) => weights.has(term))) continue;
      steps = better(steps, bestRun(chunk, section, weights, wanted, 'steps'));
    }
  }
  return steps && steps.score >= best.score * stepsShare ? [best, steps] : [best];
}

/** The run with what follows it in its section, then with what stands before it, as far as there is room. */
function filled({ atoms: [first], atoms, section }: Run): Atom[] {
  // steps and tables are complete
  if (!first || atoms.some(({ kind }) => kind === 'steps' || kind === 'table')) return atoms;
  const all = section.atoms;
  let from = all.indexOf(first);
  let to = from + atoms.length - 1;
  let words = atoms.reduce((sum, atom) => sum + atom.words, 0);
  const take = (at: number): boolean => {
    const atom = all[at];
    if (!atom || atom.alone || words + atom.words > (atom.kind === 'steps' ? quoteWordsMax : fillWords)) return false;
    words += atom.words;
    return true;
  };
  while (take(to + 1)) to += 1;
  while (take(from - 1)) from -= 1;
  return all.slice(from, to + 1);
}

/** The passage of the found chunks that answers the question, or nothing when they share no word with it. */
export function extractPassage(
  input: { question: string; query: string; results: SearchResult[] },
  analyze: Analyze,
): Passage | undefined {
  const priors = priorsOf(input.results);
  const termsOf = (text: string) => new Set(analyze(text).map(({ term }) => term));
  const chunks = input.results.map((source, index) => ({
    source,
    title: termsOf(source.title),
    sections: sectionsOf(source.text, source.headingPath, analyze),
    prior: priors[index] ?? 0,
  }));
  const weights = weightsOf(input.question, input.query, chunks, analyze);
  const wanted = asksOf(input.question);
  const runs = bestOf(chunks, weights, wanted);
  const chosen = runs.at(-1);
  if (!chosen) return undefined;
  const { chunk } = chosen;
  const atoms = filled(chosen);
  const quote = chunk.source.text.slice(atoms[0]?.start, atoms.at(-1)?.end);
  const texts = runs.flatMap((run) => run.atoms.map(({ text }) => text));
  const spoken = new Set(
    [chunk.title, ...runs.map(({ section }) => section.headingTerms)].flatMap((terms) => [...terms]),
  );
  for (const term of termsOf([quote, ...texts].join(' '))) spoken.add(term);
  let [covered, asked] = [0, 0];
  for (const term of termsOf(input.question)) {
    const weight = weights.get(term) ?? 0;
    asked += weight;
    if (spoken.has(term)) covered += weight;
  }
  // a follow-up may have no word of its own: what it means was searched for
  return { source: chunk.source, quote, coverage: asked > 0 ? covered / asked : 1 };
}

/** The quote as an answer: a marker after a table's last row would become a cell. */
export function quoteWithMarker(quote: string, n: number): string {
  const lastLine = quote.slice(quote.lastIndexOf('\n') + 1);
  return /\|\s*$/.test(lastLine) || /^\s*(?:```|~~~)/.test(lastLine) ? `${quote}\n\n[${n}]` : `${quote} [${n}]`;
}

/** A text in pieces of about eight words, for readers who follow along. */
export function piecesOf(text: string): string[] {
  return text.match(/(?:\s*\S+){1,8}\s*/g) ?? [];
}
