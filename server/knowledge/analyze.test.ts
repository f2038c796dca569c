import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analysisVersion, analyzerFor, hashTerm, termSpace } from './analyze.ts';

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

test.each([
  ['ERR-4711', ['err4711', 'err', '4711']],
  ['ERR_4711', ['err4711', 'err', '4711']],
  ['v4.1.1', ['v4.1.1', 'v4', '1', '1']],
  ['8.5.5.9', ['8.5.5.9', '8', '5', '5', '9']],
  ['SQL0805N', ['sql0805n', 'sql', '0805']],
  ['(/etc/hosts)', ['/etc/hosts', 'etc', 'hosts']],
  ['C:\\Temp\\log.txt', ['c', '\\temp\\log.txt', 'temp', 'log', 'txt']],
  ['foo_bar.baz', ['foo_bar.baz', 'foo', 'bar', 'baz']],
  ['server.xml.', ['server.xml', 'server', 'xml']],
  ['WX-200', ['wx200', 'wx', '200']],
  ['C++', ['c++', 'c']],
  ['C#', ['c#', 'c']],
  ['.NET', ['.net', 'net']],
  ['iPhone15Pro', ['iphone15pro', 'iphone', '15', 'pro']],
  ['Größe-42', ['große42', 'große', '42']],
])('%s is a term of its own beside its parts', (text, expected) => {
  expect(words(text)).toEqual(expected);
});

test.each([
  ['a 30-day return, 24/7', ['30', 'day', 'return', '24', '7']],
  ['sign-in and/or check-out', ['sign', 'check']],
  ['https://www.example.com/a/b-1', ['https', 'www', 'example', 'com', 'b', '1']],
  ['Ctrl+C', ['ctrl', 'c']],
  ['mp3 v4 5gb', ['mp3', 'v4', '5gb']],
  ['1,500.', ['1', '500']],
])('%s is words, and no code', (text, expected) => {
  expect(words(text)).toEqual(expected);
});

test('ways to write one code are one term, and different codes are not', () => {
  const whole = (text: string) => english(text).find(({ code }) => code === 'whole')?.term;
  expect(new Set(['ERR-4711', 'err_4711', 'ERR4711', '"Err-4711",'].map(whole)).size).toBe(1);
  expect(new Set(['ERR-4711', 'ERR-4712', 'ERR-471', '4.11', '41.1', '4.1.1'].map(whole)).size).toBe(6);
});

test('each language has its own stems', async () => {
  const german = await analyzerFor('de');
  expect(german('Rücksendungen')[0]?.term).toBe(german('Rücksendung')[0]?.term);
});

test('scripts without spaces become pairs, also between words of other scripts', async () => {
  const japanese = await analyzerFor('ja');
  expect(japanese('返品USBできます').map(({ word }) => word)).toEqual(['返品', 'usb', 'でき', 'きま', 'ます']);
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

test('which terms a text has changes with the version only: they stand in the index', () => {
  const read = terms('Cancelled ERR-4711 of server.xml, v4.1.1');
  expect([analysisVersion, ...read]).toMatchInlineSnapshot(`
    [
      2,
      467317529,
      62128491,
      902747872,
      299936800,
      653571685,
      127890863,
      895068695,
      526397682,
      155166194,
      428125072,
      428125072,
    ]
  `);
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
