import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { Lexer, type Token } from 'marked';

/** A passage: markdown, with the headings that stand above all of it, outermost first. */
export type Passage = { headingPath: string[]; text: string; tokens: number };

type Heading = { depth: number; title: string };
type Block = { headings: Heading[]; text: string; tokens: number; opensSection: boolean };

/** A passage grows to about this many tokens … */
const passageTokens = 320;
/** … but a table, a list of steps or a piece of code stays whole up to here. */
const wholeBlockTokensMax = 600;
/** A new section begins a new passage, unless the one before it is smaller than this. */
const sectionTokensMin = 120;
/** Joined to a passage of a word or two rather than left alone. */
const exactTokensCharactersMax = 20_000;

/** Exact for text; an estimate for what is not (base64, a line of 20,000 characters), which would cost quadratic time. */
export function tokensOf(text: string): number {
  if (text.length > exactTokensCharactersMax || /\S{400}/.test(text)) return Math.ceil(text.length / 3);
  return countTokens(text);
}

async function splitLong(text: string): Promise<string[]> {
  const splitter = new RecursiveCharacterTextSplitter({
    chunkSize: passageTokens,
    chunkOverlap: 0,
    lengthFunction: tokensOf,
    separators: ['\n\n', '\n', '. ', '? ', '! ', '。', '; ', ', ', ' ', ''],
    keepSeparator: true,
  });
  // the splitter joins one character at a time where there is no separator: cut such runs first
  const pieces = text.replace(/\S{1000}/g, '$& ');
  return (await splitter.splitText(pieces)).map((piece) => piece.replace(/^[.?!;,。]\s*/, '').trim());
}

const isWhole = (token: Token) => token.type === 'table' || token.type === 'code' || token.type === 'list';

/** The rows of a table, the items of a list: what may be parted when the whole is too long, each part with its head. */
async function splitWhole(token: Token): Promise<string[]> {
  if (token.type === 'list') {
    const items: string[] = (token.items ?? []).map((item: { raw: string }) => item.raw.replace(/\n+$/, ''));
    return (
      await Promise.all(items.map((item) => (tokensOf(item) > wholeBlockTokensMax ? splitLong(item) : [item])))
    ).flat();
  }
  if (token.type === 'table') {
    const [head = '', rule = '', ...rows] = token.raw.trim().split('\n');
    const parts: string[] = [];
    let part: string[] = [];
    for (const row of rows) {
      if (part.length > 0 && tokensOf([head, rule, ...part, row].join('\n')) > passageTokens) {
        parts.push([head, rule, ...part].join('\n'));
        part = [];
      }
      part.push(row);
    }
    parts.push([head, rule, ...part].join('\n'));
    return (
      await Promise.all(parts.map((text) => (tokensOf(text) > 2 * passageTokens ? splitLong(text) : [text])))
    ).flat();
  }
  return splitLong(token.raw);
}

async function toBlocks(markdown: string): Promise<Block[]> {
  const tokens = new Lexer({ gfm: true }).blockTokens(markdown, []);
  const blocks: Block[] = [];
  let headings: Heading[] = [];
  let opensSection = true;
  for (const token of tokens) {
    if (token.type === 'space' || token.type === 'def') continue;
    if (token.type === 'heading') {
      const depth: number = token.depth;
      headings = [...headings.filter((above) => above.depth < depth), { depth, title: plain(token.text) }];
      opensSection = true;
      continue;
    }
    const raw = token.raw.replace(/\s+$/, '');
    const size = tokensOf(raw);
    const limit = isWhole(token) ? wholeBlockTokensMax : passageTokens;
    const texts = size <= limit ? [raw] : isWhole(token) ? await splitWhole(token) : await splitLong(raw);
    for (const text of texts) {
      if (text.trim() === '') continue;
      blocks.push({ headings, text, tokens: tokensOf(text), opensSection });
      opensSection = false;
    }
  }
  if (blocks.length > 0) return blocks;
  // nothing but headings: they are the text
  return (await splitLong(markdown)).map((text) => ({
    headings: [],
    text,
    tokens: tokensOf(text),
    opensSection: false,
  }));
}

const plain = (heading: string) => heading.replace(/[*_`]/g, '').replace(/\s+/g, ' ').trim();

/**
 * Splits markdown along its headings into passages of about 320 tokens. Small sections are joined with the next, under the
 * headings they share, their own headings kept in the text. Tables, code and lists stay whole where they fit, a long table's
 * parts each repeat its head.
 */
export async function splitMarkdown(markdown: string): Promise<Passage[]> {
  const passages: { blocks: Block[]; tokens: number }[] = [];
  for (const block of await toBlocks(markdown)) {
    const last = passages.at(-1);
    const fits = last && last.tokens + block.tokens <= passageTokens;
    if (last && fits && !(block.opensSection && last.tokens >= sectionTokensMin)) {
      last.blocks.push(block);
      last.tokens += block.tokens;
    } else passages.push({ blocks: [block], tokens: block.tokens });
  }
  return passages.map(({ blocks }) => toPassage(blocks));
}

function sharedHeadings(blocks: Block[]): Heading[] {
  const first = blocks[0]?.headings ?? [];
  const differs = first.findIndex((heading, depth) => blocks.some((block) => block.headings[depth] !== heading));
  return differs < 0 ? first : first.slice(0, differs);
}

function toPassage(blocks: Block[]): Passage {
  const shared = sharedHeadings(blocks);
  let above: Heading[] = shared;
  const parts: string[] = [];
  for (const block of blocks) {
    for (const heading of block.headings.slice(shared.length)) {
      if (!above.includes(heading)) parts.push(`${'#'.repeat(heading.depth)} ${heading.title}`);
    }
    above = block.headings;
    parts.push(block.text);
  }
  const text = parts.join('\n\n');
  return { headingPath: shared.map((heading) => heading.title), text, tokens: tokensOf(text) };
}
