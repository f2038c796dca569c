import { Lexer, type Token, type Tokens } from 'marked';
import { tokensOf } from './count-tokens.ts';

export type Heading = { depth: number; title: string };

/** What is not parted any further. */
export type Block = {
  /** Above it, outermost first. */
  headings: Heading[];
  text: string;
  tokens: number;
  opensSection: boolean;
  /** What stands between it and the block before it, where the two come together. */
  joint: '\n\n' | '\n' | ' ';
  /** Introduces the block after it: the two are not parted. */
  introduces: boolean;
};

/** A passage grows to about this many tokens … */
export const passageTokens = 320;
/** … but a table, a list of steps or a piece of code stays whole up to here. */
const wholeBlockTokensMax = 600;
/** A sentence before a list, a table or code introduces it, unless it is longer than this. */
const introductionTokensMax = 80;
/** Between sentences where there are any, then between words. */
async function splitLong(text: string): Promise<string[]> {
  // loaded with the first text that needs it: most documents do not
  const { RecursiveCharacterTextSplitter } = await import('@langchain/textsplitters');
  const splitter = new RecursiveCharacterTextSplitter({
    chunkSize: passageTokens,
    chunkOverlap: 0,
    lengthFunction: tokensOf,
    separators: ['\n\n', '\n', '. ', '? ', '! ', '。', '; ', ', ', ' ', ''],
    keepSeparator: true,
  });
  // the splitter joins one character at a time where there is no separator: cut such runs first
  const pieces: string[] = [];
  for (const piece of await splitter.splitText(text.replace(/\S{1000}/g, '$& '))) {
    // it puts the end of a sentence before the next one
    const end = /^([.?!;,。])(?:\s+|$)|^。/.exec(piece);
    const last = pieces.pop();
    if (last !== undefined) pieces.push(end ? `${last}${end[0].trim()}` : last);
    const rest = (end && last !== undefined ? piece.slice(end[0].length) : piece).trim();
    if (rest !== '') pieces.push(rest);
  }
  return pieces;
}

const splitWhere = (text: string, tokensMax: number) =>
  tokensOf(text) > tokensMax ? splitLong(text) : Promise.resolve([text]);

/** As many of the lines as fit, one piece after the other. */
function pack(lines: string[], wrap: (lines: string[]) => string): string[] {
  const pieces: string[] = [];
  let piece: string[] = [];
  for (const line of lines) {
    if (piece.length > 0 && tokensOf(wrap([...piece, line])) > passageTokens) {
      pieces.push(wrap(piece));
      piece = [];
    }
    piece.push(line);
  }
  return piece.length > 0 ? [...pieces, wrap(piece)] : pieces;
}

/** The rows of a table, each part under its head. */
async function splitTable(raw: string): Promise<string[]> {
  const [head = '', rule = '', ...rows] = raw.trim().split('\n');
  const parts = pack(rows, (some) => [head, rule, ...some].join('\n'));
  return (await Promise.all(parts.map((part) => splitWhere(part, 2 * passageTokens)))).flat();
}

/** The lines of a piece of code, each part between its fences. */
async function splitCode(raw: string): Promise<string[]> {
  const lines = raw.trim().split('\n');
  const fence = /^\s*(`{3,}|~{3,})/.exec(lines[0] ?? '')?.[1];
  if (fence === undefined) return splitLong(raw);
  const open = lines[0] ?? '';
  const body = lines.slice(1, lines.at(-1)?.trim() === fence ? -1 : undefined);
  const short = (await Promise.all(body.map((line) => splitWhere(line, passageTokens)))).flat();
  return pack(short, (some) => [open, ...some, fence].join('\n'));
}

const itemMark = /^(\s*)(?:[-*+]|\d{1,9}[.)])\s/;

/** An item that is too long by itself: its own text, then the items below it one by one. */
async function splitItem(raw: string): Promise<string[]> {
  const lines = raw.split('\n');
  const indents = lines.slice(1).flatMap((line) => itemMark.exec(line)?.[1]?.length ?? []);
  const indent = Math.min(...indents);
  const groups: string[][] = [];
  for (const [at, line] of lines.entries()) {
    const begins = at === 0 || itemMark.exec(line)?.[1]?.length === indent;
    if (begins) groups.push([line]);
    else groups.at(-1)?.push(line);
  }
  const texts = groups.map((group) => group.join('\n'));
  return (await Promise.all(texts.map((text) => splitWhere(text, passageTokens)))).flat();
}

/** The items, each with what is below it. `1. 1. 1.` is written for 1, 2, 3: apart, each keeps its number. */
async function splitList(list: Tokens.List): Promise<string[]> {
  const raws = list.items.map((item) => item.raw.replace(/\n+$/, ''));
  const numbers = new Set(raws.map((raw) => /^\s*(\d+)/.exec(raw)?.[1]));
  const counted = list.ordered && raws.length > 1 && numbers.size === 1;
  const first = Number(list.start || 1);
  const items = counted ? raws.map((raw, index) => raw.replace(/^(\s*)\d+/, `$1${first + index}`)) : raws;
  return (
    await Promise.all(items.map((item) => (tokensOf(item) > wholeBlockTokensMax ? splitItem(item) : [item])))
  ).flat();
}

/** `tokens`: where they have been counted. */
type Piece = Pick<Block, 'text' | 'joint'> & { tokens?: number };

const isList = (token: Token): token is Tokens.List => token.type === 'list';
const isWhole = (token: Token) => token.type === 'table' || token.type === 'code' || isList(token);

async function piecesOf(token: Token): Promise<Piece[]> {
  const raw = token.raw.replace(/\s+$/, '');
  const apart = (texts: string[], joint: Piece['joint']): Piece[] =>
    texts.map((text, index) => ({ text, joint: index === 0 ? '\n\n' : joint }));
  const tokens = tokensOf(raw);
  if (tokens <= (isWhole(token) ? wholeBlockTokensMax : passageTokens)) return [{ text: raw, joint: '\n\n', tokens }];
  if (isList(token)) return apart(await splitList(token), '\n');
  switch (token.type) {
    case 'table':
      return apart(await splitTable(raw), '\n\n');
    case 'code':
      return apart(await splitCode(raw), '\n\n');
    case 'paragraph':
      return apart(await splitLong(raw), ' ');
    default:
      return apart(await splitLong(raw), '\n\n');
  }
}

const lastSentence = /(?:^|[.?!…。！？]["'”’)\]]*\s+)(\S(?:(?![.?!…。！？]["'”’)\]]*\s)[\s\S])*)$/u;

/** The paragraph's last sentence as a block of its own, which goes with what it introduces. */
function introduce(blocks: Block[]): void {
  const last = blocks.at(-1);
  const sentence = last && lastSentence.exec(last.text)?.[1];
  if (!last || !sentence || tokensOf(sentence) > introductionTokensMax) return;
  blocks.pop();
  const rest = last.text.slice(0, last.text.length - sentence.length).trimEnd();
  if (rest === '') {
    blocks.push({ ...last, introduces: true });
    return;
  }
  blocks.push({ ...last, text: rest, tokens: tokensOf(rest) });
  const own = { text: sentence, tokens: tokensOf(sentence), opensSection: false, joint: ' ' as const };
  blocks.push({ ...last, ...own, introduces: true });
}

/** Without the marks of emphasis and code; an underscore inside a name stays. */
const plain = (heading: string) =>
  heading
    .replace(/[*`]|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, '')
    .replace(/\s+/g, ' ')
    .trim();

export const headingLine = ({ depth, title }: Heading) => `${'#'.repeat(depth)} ${title}`;

/** Cuts markdown into blocks under their headings: every word is in one of them or in a heading above it. */
export async function toBlocks(markdown: string): Promise<Block[]> {
  const blocks: Block[] = [];
  let headings: Heading[] = [];
  let opensSection = true;
  let before: string | undefined;
  const push = (texts: Piece[], above: Heading[]) => {
    for (const { text, joint, tokens = tokensOf(text) } of texts) {
      if (text.trim() === '') continue;
      blocks.push({ headings: above, text, tokens, opensSection, joint, introduces: false });
      opensSection = false;
    }
  };
  /** A heading with nothing below it is a text itself. */
  const closeEmpty = () => {
    const last = headings.at(-1);
    if (last && before === 'heading') push([{ text: headingLine(last), joint: '\n\n' }], headings.slice(0, -1));
  };
  for (const token of new Lexer({ gfm: true }).blockTokens(markdown, [])) {
    if (token.type === 'space' || token.type === 'def') continue;
    if (token.type === 'heading') {
      const depth: number = token.depth;
      if (depth <= (headings.at(-1)?.depth ?? 0)) closeEmpty();
      headings = [...headings.filter((above) => above.depth < depth), { depth, title: plain(token.text) }];
      opensSection = true;
    } else {
      if (before === 'paragraph' && isWhole(token)) introduce(blocks);
      push(await piecesOf(token), headings);
    }
    before = token.type;
  }
  closeEmpty();
  return blocks;
}
