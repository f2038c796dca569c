import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyzerFor, hashTerm, termSpace } from './analyze.ts';

const english = await analyzerFor('en-GB');
const words = (text: string) => english(text).map(({ word }) => word);
const terms = (text: string) => english(text).map(({ term }) => term);

test('forms of one word have one term', () => {
  expect(new Set(terms('cancel cancelled cancelling cancellation')).size).toBe(1);
  expect(terms('refund')).not.toEqual(terms('return'));
});

test('courtesies and stop words say nothing', () => {
  expect(words('Hello, could you please help me with the refund? Thanks!')).toEqual(['refund']);
});

test('case, accents and width make no difference', () => {
  expect(terms('Café RÉSUMÉ ｔｅｎｔ')).toEqual(terms('cafe resume tent'));
});

test('codes are found by their parts', () => {
  expect(words('ERR-4711 in v4.1.1')).toEqual(['err', '4711', 'v4', '1', '1']);
});

test('each language has its own stems', async () => {
  const german = await analyzerFor('de');
  expect(german('Rücksendungen')[0]?.term).toBe(german('Rücksendung')[0]?.term);
});

test('scripts without spaces become pairs, also between words of other scripts', async () => {
  const japanese = await analyzerFor('ja');
  expect(japanese('返品USBできます').map(({ word }) => word)).toEqual(['返品', 'でき', 'きま', 'ます', 'usb']);
});

test('marks that are letters stay: vowels of Hindi, the second kind of Japanese consonants', async () => {
  const hindi = await analyzerFor('hi');
  expect(hindi('\u0915\u093f \u0915\u0941').map(({ word }) => word)).toEqual(['\u0915\u093f', '\u0915\u0941']);
});

test('any text gives terms that are coordinates of the index', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) =>
      english(text).every(({ term }) => Number.isInteger(term) && term >= 1 && term <= termSpace),
    ),
  );
});

test('the hash of a term never changes: it stands in the index', () => {
  expect([hashTerm('refund'), hashTerm('a'), hashTerm('')]).toMatchInlineSnapshot(`
    [
      336195409,
      444641716,
      872998924,
    ]
  `);
});
