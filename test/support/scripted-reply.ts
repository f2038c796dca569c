/** A numbered source as it stands in Parley's prompt. */
type Source = { n: number; text: string };

const sourcePattern = /<source n="(\d+)"[^>]*>\n([\s\S]*?)\n<\/source>/g;

export function sourcesIn(prompt: string): Source[] {
  return [...prompt.matchAll(sourcePattern)].map((match) => ({ n: Number(match[1]), text: match[2] ?? '' }));
}

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

function sentencesOf(text: string): string[] {
  return text
    .split(/\n+|(?<=[.!?])\s+(?=\p{Lu})/u)
    .map((part) => part.replace(/^\s*(?:#+|[-*+]|\d+[.)]|>)\s+/, '').trim())
    .filter((part) => words(part).length >= 4);
}

/** The sentence of the numbered sources that shares most words with the question, word for word, with its `[n]`. */
export function quoteFromSources(prompt: string, question: string): string | undefined {
  const asked = new Set(words(question));
  let best: { text: string; score: number } | undefined;
  for (const source of sourcesIn(prompt)) {
    for (const sentence of sentencesOf(source.text)) {
      const score = new Set(words(sentence).filter((word) => asked.has(word))).size;
      if (!best || score > best.score) best = { text: `${sentence} [${source.n}]`, score };
    }
  }
  return best?.text;
}

/** About `count` words of the first source, sentence by sentence, each cited: an answer of a known length that passes the check. */
export function quoteOfLength(prompt: string, count: number): string | undefined {
  const [source] = sourcesIn(prompt);
  if (!source) return undefined;
  const sentences = sentencesOf(source.text);
  if (sentences.length === 0) return undefined;
  const taken: string[] = [];
  let length = 0;
  for (let index = 0; length < count; index += 1) {
    const sentence = sentences[index % sentences.length] ?? '';
    taken.push(`${sentence} [${source.n}]`);
    length += words(sentence).length;
  }
  return taken.join('\n\n');
}

/** Exactly `count` pieces that make up the text; where the text is shorter than that, its characters. */
export function inPieces(text: string, count: number): string[] {
  const pieces = Math.max(1, Math.min(count, text.length));
  return Array.from({ length: pieces }, (_, index) =>
    text.slice(Math.floor((index * text.length) / pieces), Math.floor(((index + 1) * text.length) / pieces)),
  );
}

/** Words and the spaces after them, as a tokenizer roughly cuts them. */
export const inTokens = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? [];

const dimensions = 256;

/** A hashed bag of words, L2-normalised: the same text always gives the same vector, and texts with words in common are close. */
export function bagOfWords(text: string): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of words(text)) {
    let hash = 2_166_136_261;
    for (let index = 0; index < word.length; index += 1) {
      hash = Math.imul(hash ^ word.charCodeAt(index), 16_777_619);
    }
    const place = (hash >>> 1) % dimensions;
    vector[place] = (vector[place] ?? 0) + (hash & 1 ? 1 : -1);
  }
  const norm = Math.hypot(...vector);
  // a text without words still has a direction: a zero vector breaks cosine distances
  if (norm === 0) return vector.map((_, index) => (index === 0 ? 1 : 0));
  return vector.map((value) => value / norm);
}
