const words = /[\p{L}\p{N}\p{M}]+/gu;
/** As the server does before it compares words (server/knowledge/analyze.ts). */
const accents = /([\p{Script=Latin}\p{Script=Greek}])\p{M}+/gu;
/** Scripts without spaces are found by pairs of characters, so their forms stand inside longer runs. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

export type Piece = { text: string; marked: boolean };

const plainForm = (word: string) => word.toLowerCase().normalize('NFKD').replace(accents, '$1').normalize('NFC');

type Stretch = { from: number; to: number; form: string };

/** Where the forms stand in a text, in order; they do not overlap. */
export function findForms(text: string, forms: ReadonlySet<string>): Stretch[] {
  const found: Stretch[] = [];
  for (const { 0: word, index } of text.matchAll(words)) {
    const form = plainForm(word);
    if (forms.has(form)) found.push({ from: index, to: index + word.length, form });
    else if (unspaced.test(word)) found.push(...findInside(word.toLowerCase(), index, forms));
  }
  return found;
}

function findInside(run: string, offset: number, forms: ReadonlySet<string>): Stretch[] {
  const found: Stretch[] = [];
  for (let at = 0; at < run.length; at += 1) {
    const form = [...forms].find((one) => unspaced.test(one) && run.startsWith(one, at));
    if (form === undefined) continue;
    const [from, to] = [offset + at, offset + at + form.length];
    const before = found.at(-1);
    if (before && from < before.to) before.to = to;
    else found.push({ from, to, form });
  }
  return found;
}

/** The text in pieces, marked and not; together they are the text. */
export function splitMarked(text: string, forms: ReadonlySet<string>): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { from, to } of findForms(text, forms)) {
    if (from > at) pieces.push({ text: text.slice(at, from), marked: false });
    pieces.push({ text: text.slice(from, to), marked: true });
    at = to;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), marked: false });
  return pieces;
}

/** The stretch of about `length` characters that holds the most different forms, whole words, with … where something is left out. */
export function excerpt(text: string, forms: ReadonlySet<string>, length: number): string {
  if (text.length <= length) return text;
  const found = findForms(text, forms);
  const lead = Math.round(length / 8);
  const starts = [0, ...found.map(({ from }) => Math.max(0, from - lead))];
  const worth = (start: number) =>
    new Set(found.filter(({ from, to }) => from >= start && to <= start + length).map(({ form }) => form)).size;
  const best = starts.reduce((one, other) => (worth(other) > worth(one) ? other : one), 0);
  const from = best === 0 ? 0 : text.indexOf(' ', best) + 1;
  const cut = text.slice(from, from + length);
  const isEnd = from + length >= text.length;
  return `${from > 0 ? '… ' : ''}${isEnd ? cut : `${cut.replace(/\s+\S*$/, '')} …`}`;
}
