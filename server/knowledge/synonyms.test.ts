import { expect, test } from 'vitest';
import { analyzerFor } from './analyze.ts';
import { otherStems, sameStem } from './synonyms.ts';

const analyze = await analyzerFor('en');
const stem = (word: string) => analyze(word)[0]?.term ?? 0;
const others = async (text: string) => otherStems(text, analyze(text));

test('a word brings those that say the same, in whatever form it is written', async () => {
  const found = await others('Shipping my packages');
  expect(found.get(stem('deliver'))).toEqual([stem('ship')]);
  expect(found.get(stem('delivery'))).toEqual([stem('ship')]);
  expect(found.get(stem('parcel'))).toEqual([stem('package')]);
});

test('what is said already is not said again', async () => {
  expect((await others('ship or deliver')).has(stem('deliver'))).toBe(false);
});

test('a phrase brings what it says, for no word of its own', async () => {
  const found = await others('How much is it to send them all back?');
  expect(found.get(stem('price'))).toEqual([]);
  expect(found.get(stem('return'))).toEqual([]);
});

test('a country is asked of as one of the countries', async () => {
  expect((await others('Do you ship to Poland?')).get(stem('countries'))).toEqual([stem('poland')]);
  expect((await others('Curaçao or Poland? Poland!')).get(stem('countries'))).toEqual([
    stem('curacao'),
    stem('poland'),
  ]);
  expect((await others('Do you ship to Leipzig?')).has(stem('countries'))).toBe(false);
});

test('texts that say the same in other words have the same stems', async () => {
  const same = await sameStem();
  expect(same(stem('parcels'))).toBe(same(stem('package')));
  expect(same(stem('parcels'))).not.toBe(same(stem('store')));
  expect(same(stem('titanium'))).toBe(stem('titanium'));
});
