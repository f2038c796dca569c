import { expect, test } from 'vitest';
import { commonWords, countryNames } from './common-words.ts';

test('words that people write and countries are known, misspelt ones are not', async () => {
  const words = await commonWords();
  for (const word of ['weather', 'plane', 'bank', 'hiring', 'spain', 'poland']) expect(words, word).toContain(word);
  for (const word of ['retrun', 'pacakge', 'waranty', 'adress', 'recieve']) expect(words, word).not.toContain(word);
});

test('countries are known by the names that customers give them, without accents', () => {
  for (const country of ['austria', 'turkey', 'curacao']) expect(countryNames()).toContain(country);
  for (const other of ['munich', 'jersey']) expect(countryNames()).not.toContain(other);
});
