import type { SearchResult } from '../../protocol/knowledge.ts';
import type { Citation } from '../../protocol/message.ts';
import type { Analyze } from '../knowledge/analyze.ts';
import { factsHold, type HardFacts, hardFactsOf, hasFacts } from './hard-facts.ts';
import { quoteFor } from './quote.ts';
import { spansOf } from './spans.ts';

/*
 * Holds what a model wrote against the sources it was given. Words and hard facts only, no model: it catches invented numbers,
 * addresses, sources and topics, not a "not" that was dropped.
 */

export type Checked =
  | { ok: true; text: string; citations: Citation[] }
  | { ok: false; reason: 'unknown_source' | 'unsupported' | 'nothing_cited' };

/** Of a claim's content words, how many its source must have. Short claims have fewer words to hide a wrong one among. */
const overlapMin = 0.5;
const overlapShortMin = 0.6;
const shortClaimTerms = 4;
/** A claim without a marker is only given to a source that says nearly the same. */
const attributionMin = 0.65;
/** A shorter phrase without a marker and without any hard fact claims nothing. */
const claimTermsMin = 2;

const courtesy =
  /^(?:i hope|hope (?:this|that)|let me know|feel free|happy to help|glad|you(?:['’]re| are) welcome|please (?:let|feel|note)|if you (?:have|need|want|would like)|here(?:['’]s| is| are)|to do (?:this|that|so)|follow (?:these|the)|thank|sure|of course|great question|good question|sorry|hi\b|hello|yes\W*$|no\W*$)/i;
const courtesyTermsMax = 6;

const marker = /\[(\d{1,3})\](?!\()/g;

/** One way to write a marker: `[1, 2]`, `【1】` and `[^1]` become `[1]`; those after the full stop move before it. */
export function normaliseMarkers(text: string): string {
  return text
    .replace(/【\s*(\d{1,3})[^】]{0,40}】/g, '[$1]')
    .replace(/\[\^(\d{1,3})\](?!:)/g, '[$1]')
    .replace(/\[(?:sources? )?(\d{1,3}(?:\s*[,;]\s*\d{1,3})+)\](?!\()/gi, (_, list: string) =>
      list
        .split(/[,;]/)
        .map((n) => `[${n.trim()}]`)
        .join(''),
    )
    .replace(/\[sources? (\d{1,3})\]/gi, '[$1]')
    .replace(
      /([.!?])[ \t]*((?:\[\d{1,3}\](?!\())(?:[ \t]*\[\d{1,3}\](?!\())*)/g,
      (_, end: string, markers: string) => ` ${markers.replace(/[ \t]+/g, '')}${end}`,
    );
}

type Source = { result: SearchResult; terms: Set<number>; facts: HardFacts; english: boolean };

const englishWords =
  /\b(?:the|a|an|to|of|and|in|is|are|you|your|for|on|with|or|it|this|that|can|if|be|from|by|not|will)\b/gi;
/** Where fewer words than this are English function words, overlap of words with an English text means nothing. */
const englishShareMin = 0.12;

function isEnglish(text: string): boolean {
  const words = text.match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.length < 6 || (text.match(englishWords) ?? []).length / words.length >= englishShareMin;
}

function sourceOf(result: SearchResult, analyze: Analyze): Source {
  const text = [result.title, ...result.headingPath, result.text].join('\n');
  return {
    result,
    terms: new Set(analyze(text).map(({ term }) => term)),
    facts: hardFactsOf(`${text}\n${result.url ?? ''}`),
    english: isEnglish(result.text),
  };
}

type Claim = {
  /** Where its text ends in the answer. */
  end: number;
  block: number;
  cited: number[];
  terms: Set<number>;
  facts: HardFacts;
  /** Says something that must be borne out. */
  claims: boolean;
  text: string;
};

function claimsOf(text: string, analyze: Analyze): Claim[] {
  return spansOf(text).map((span) => {
    const raw = text.slice(span.start, span.end);
    const cited = span.kind === 'code' ? [] : [...raw.matchAll(marker)].map((match) => Number(match[1]));
    const bare = raw.replace(marker, '').trim();
    const terms = new Set(analyze(bare).map(({ term }) => term));
    const facts = hardFactsOf(bare);
    const says = hasFacts(facts) || (terms.size >= claimTermsMin && !/[?？]$/.test(bare));
    const polite = !hasFacts(facts) && terms.size <= courtesyTermsMax && (courtesy.test(bare) || /[:：]$/.test(bare));
    const claims = span.kind !== 'heading' && (cited.length > 0 ? terms.size > 0 : says && !polite);
    return { end: span.end, block: span.block, cited, terms, facts, claims, text: bare };
  });
}

/** How much of the claim's words the sources have together; 1 where words cannot be compared, because the languages differ. */
function overlap(claim: Claim, sources: Source[], sameLanguage: boolean): number {
  if (!sameLanguage || claim.terms.size === 0) return 1;
  let found = 0;
  for (const term of claim.terms) if (sources.some((source) => source.terms.has(term))) found += 1;
  return found / claim.terms.size;
}

function union(sources: Source[]): HardFacts {
  const all = { links: new Set<string>(), numbers: new Set<string>(), amounts: new Set<string>() };
  for (const { facts } of sources) {
    for (const link of facts.links) all.links.add(link);
    for (const value of facts.numbers) all.numbers.add(value);
    for (const value of facts.amounts) all.amounts.add(value);
  }
  return all;
}

/** Where a sentence has no marker, the ones of the next sentence of its paragraph or list speak for it too. */
function inherited(claims: Claim[], index: number): number[] {
  const claim = claims[index];
  const next = claims.slice(index + 1).find((other) => other.block === claim?.block && other.cited.length > 0);
  return next?.cited ?? [];
}

/** Whether tidying moved markers but changed none: then what was streamed stands as it is. */
function sameMarkers(written: string, tidied: string): boolean {
  const markersOf = (text: string) => [...text.matchAll(marker)].map((match) => match[1]).join();
  const wordsOf = (text: string) => text.replace(marker, '').replace(/\s+/g, '');
  return markersOf(written) === markersOf(tidied) && wordsOf(written) === wordsOf(tidied);
}

/**
 * Checks an answer against the numbered sources of its prompt (`sources[0]` is [1]). Every marker must exist, and every sentence
 * that claims something must be borne out by what it cites, or clearly by one source when it cites nothing; then that source's
 * marker is added. The result cites only `sources`, each quote is word for word from its chunk.
 */
export function checkAnswer(
  input: { text: string; sources: SearchResult[]; asked: string },
  analyze: Analyze,
): Checked {
  const text = normaliseMarkers(input.text.trim());
  const sources = input.sources.map((result) => sourceOf(result, analyze));
  const asked = hardFactsOf(input.asked);
  const english = isEnglish(text.replace(marker, ''));
  const claims = claimsOf(text, analyze);
  const citedBy = new Map<number, Claim[]>();
  const additions: { at: number; n: number }[] = [];

  const holds = (claim: Claim, numbers: number[], min: number): boolean => {
    const cited = numbers.flatMap((n) => sources[n - 1] ?? []);
    const sameLanguage = cited.every((source) => source.english === english);
    return overlap(claim, cited, sameLanguage) >= min && factsHold(claim.facts, union(cited), asked);
  };

  for (const [index, claim] of claims.entries()) {
    if (claim.cited.some((n) => n < 1 || n > sources.length)) return { ok: false, reason: 'unknown_source' };
    const min = claim.terms.size <= shortClaimTerms ? overlapShortMin : overlapMin;
    let support: number[] = [];
    if (claim.cited.length > 0) {
      if (claim.claims && !holds(claim, claim.cited, min)) return { ok: false, reason: 'unsupported' };
      support = claim.cited;
    } else if (claim.claims) {
      const near = inherited(claims, index);
      if (near.length > 0 && holds(claim, near, min)) support = near;
      else {
        const comparable = sources.every((source) => source.english === english);
        const clear = comparable ? sources.findIndex((_, at) => holds(claim, [at + 1], attributionMin)) + 1 : 0;
        if (clear === 0) return { ok: false, reason: 'unsupported' };
        support = [clear];
        additions.push({ at: claim.end, n: clear });
      }
    }
    for (const n of support) citedBy.set(n, [...(citedBy.get(n) ?? []), claim]);
  }
  if (citedBy.size === 0) return { ok: false, reason: 'nothing_cited' };

  let final = additions.length === 0 && sameMarkers(input.text, text) ? input.text.trim() : text;
  for (const { at, n } of additions.reverse()) final = `${final.slice(0, at)} [${n}]${final.slice(at)}`;
  const citations = [...citedBy.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([n, by]) => {
      const result = sources[n - 1]?.result;
      if (!result) return [];
      const quote = quoteFor(result.text, by.map((claim) => claim.text).join('\n'), analyze);
      return [
        { n, documentId: result.documentId, chunkId: result.chunkId, title: result.title, url: result.url, quote },
      ];
    });
  return { ok: true, text: final, citations };
}
