import { tokensOf } from './count-tokens.ts';
import { type Block, type Heading, headingLine, passageTokens, toBlocks } from './markdown-blocks.ts';

/** A passage: markdown, with the headings that stand above all of it, outermost first. */
export type Passage = { headingPath: string[]; text: string; tokens: number };

/** A new section begins a new passage, unless the one before it is smaller than this. */
const sectionTokensMin = 120;

type Unit = { blocks: Block[]; tokens: number };

/** Blocks with the sentences that introduce them. */
function toUnits(blocks: Block[]): Unit[] {
  const units: Unit[] = [];
  let open = false;
  for (const block of blocks) {
    const last = units.at(-1);
    if (last && open) {
      last.blocks.push(block);
      last.tokens += block.tokens;
    } else units.push({ blocks: [block], tokens: block.tokens });
    open = block.introduces;
  }
  return units;
}

/**
 * Splits markdown along its headings into passages of about 320 tokens. Small sections are joined with the next, under the
 * headings they share, their own headings kept in the text. Tables, code and lists stay whole where they fit, and the sentence
 * that introduces one stays with it. A long table is parted between rows, each part with its head; a long list between items,
 * each with its number and what is below it; long code between lines, each part fenced.
 */
export async function splitMarkdown(markdown: string): Promise<Passage[]> {
  const passages: Unit[] = [];
  for (const unit of toUnits(await toBlocks(markdown))) {
    const last = passages.at(-1);
    const fits = last && last.tokens + unit.tokens <= passageTokens;
    const opensSection = unit.blocks[0]?.opensSection;
    if (last && fits && !(opensSection && last.tokens >= sectionTokensMin)) {
      last.blocks.push(...unit.blocks);
      last.tokens += unit.tokens;
    } else passages.push(unit);
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
  let text = '';
  const add = (part: string, joint: string) => {
    text = text === '' ? part : `${text}${joint}${part}`;
  };
  for (const block of blocks) {
    for (const heading of block.headings.slice(shared.length)) {
      if (!above.includes(heading)) add(headingLine(heading), '\n\n');
    }
    above = block.headings;
    add(block.text, block.joint);
  }
  const [first] = blocks;
  const tokens = first?.text === text ? first.tokens : tokensOf(text);
  return { headingPath: shared.map((heading) => heading.title), text, tokens };
}
