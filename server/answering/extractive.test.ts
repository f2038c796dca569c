import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SearchResult } from '../../protocol/knowledge.ts';
import { newId } from '../ids.ts';
import { analyzerFor } from '../knowledge/analyze.ts';
import { extractPassage, piecesOf, quoteWithMarker } from './extractive.ts';

const analyze = await analyzerFor('en');
const result = (text: string, score = 1): SearchResult => ({
  documentId: newId(),
  externalId: null,
  chunkId: newId(),
  title: 'Title',
  url: null,
  headingPath: [],
  text,
  score,
  lexical: score,
  semantic: score,
});
const extract = (question: string, ...results: SearchResult[]) =>
  extractPassage({ question, query: question, results }, analyze)?.quote;

describe('extractPassage', () => {
  it('takes the sentence that answers, not its neighbours', () => {
    const text =
      'We sell tents. A tent peg made of titanium weighs nine grams. Our shop opened long ago in a small town.';
    expect(extract('How heavy is a titanium peg?', result(text))).toBe(
      'A tent peg made of titanium weighs nine grams.',
    );
  });

  it('takes a list of steps whole, with the sentence that leads in', () => {
    const steps =
      'To change your e-mail address:\n\n1. Open your account\n2. Choose E-mail\n3. Confirm the new address';
    expect(
      extract('Where do I confirm a new e-mail?', result(`# Account\n\nYour account is yours.\n\n${steps}\n\nDone.`)),
    ).toBe(steps);
  });

  it('takes a table with its head, and puts the marker below it', () => {
    const table = '| Back length | Size |\n| --- | --- |\n| 38–43 cm | S |\n| 43–48 cm | M |';
    const quote = extract('Which size for a back of 43–48 cm?', result(`${table}\n\nMore.`)) ?? '';
    expect(quote).toBe(table);
    expect(quoteWithMarker(quote, 1)).toBe(`${table}\n\n[1]`);
  });

  it('finds nothing where no word is shared', () => {
    expect(extract('quantum chromodynamics', result('Boots must be unworn.'))).toBeUndefined();
  });

  it('quotes word for word, whatever the texts', () => {
    const text = fc
      .array(
        fc.constantFrom(
          'boots ',
          'must be unworn. ',
          '\n',
          '\n\n',
          '- item boots\n',
          '| boots | a |\n',
          '# H\n',
          'Refund? ',
          '```\n',
        ),
        { maxLength: 60 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const results = [result(one), result(other, 0.5)];
        const passage = extractPassage({ question: 'unworn boots refund', query: '', results }, analyze);
        if (!passage) return;
        expect(passage.quote.trim()).not.toBe('');
        expect(results.find(({ chunkId }) => chunkId === passage.source.chunkId)?.text).toContain(passage.quote);
      }),
    );
  });
});

describe('piecesOf', () => {
  it('loses nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300 }).filter((text) => text.trim() !== ''),
        (text) => {
          expect(piecesOf(text).join('')).toBe(text);
        },
      ),
    );
  });
});
