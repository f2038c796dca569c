import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SearchResult } from '../../protocol/knowledge.ts';
import { newId } from '../ids.ts';
import { analyzerFor } from '../knowledge/analyze.ts';
import { checkAnswer, normaliseMarkers } from './check.ts';

const analyze = await analyzerFor('en');

const source = (title: string, text: string): SearchResult => ({
  documentId: newId(),
  externalId: null,
  chunkId: newId(),
  title,
  url: 'https://shop.example/help',
  headingPath: [],
  text,
  score: 1,
  lexical: 1,
  semantic: 1,
});
const sources = [
  source(
    'Return an order',
    'You can return anything within 30 days of delivery. Boots must be unworn.\n\nRefunds take five working days.',
  ),
  source('Shipping', 'Orders over $50 ship free. We ship to all countries of the European Union.'),
];
const check = (text: string, asked = '') => checkAnswer({ text, sources, asked }, analyze);

describe('checkAnswer', () => {
  it('passes what the cited sources say, and quotes the passage', () => {
    const checked = check('You can return boots within 30 days [1]. Orders over $50 ship free [2].');
    expect(checked).toMatchObject({ ok: true });
    if (!checked.ok) return;
    expect(checked.citations.map(({ n }) => n)).toEqual([1, 2]);
    expect(checked.citations[1]?.quote).toContain('Orders over $50 ship free.');
  });

  it('gives an uncited sentence to the source that clearly says it, and marks it', () => {
    expect(check('Refunds take five working days.')).toMatchObject({
      ok: true,
      text: 'Refunds take five working days. [1]',
      citations: [{ n: 1 }],
    });
  });

  it('lets one marker at the end speak for its paragraph and its list', () => {
    expect(check('You can return anything within 30 days. Boots must be unworn. [1]')).toMatchObject({ ok: true });
    expect(check('- Return anything within 30 days of delivery\n- Boots must be unworn [1]')).toMatchObject({
      ok: true,
    });
  });

  it.each([
    ['a source that does not exist', 'Boots must be unworn [3].', 'unknown_source'],
    ['number zero', 'Boots must be unworn [0].', 'unknown_source'],
    ['the wrong source', 'Refunds take five working days [2].', 'unsupported'],
    ['an invented number', 'You can return anything within 60 days [1].', 'unsupported'],
    ['an invented place', 'We ship to Mars [2].', 'unsupported'],
    [
      'an invented claim beside a true one',
      'Boots must be unworn [1]. Every purchase includes lifetime insurance against avalanches.',
      'unsupported',
    ],
    ['words without a claim', 'Sure, happy to help!', 'nothing_cited'],
    ['nothing', '', 'nothing_cited'],
  ])('withdraws %s', (_, text, reason) => expect(check(text)).toEqual({ ok: false, reason }));

  it('lets courtesies and questions stand beside what is cited', () => {
    expect(check('Boots must be unworn [1]. I hope this helps. Is there anything else?')).toMatchObject({ ok: true });
  });

  it('compares only hard facts where the languages differ', () => {
    const german = (days: number) =>
      `Sie können alles innerhalb von ${days} Tagen nach der Lieferung zurückgeben, wenn die Stiefel ungetragen sind [1].`;
    expect(check(german(30))).toMatchObject({ ok: true });
    expect(check(german(60))).toEqual({ ok: false, reason: 'unsupported' });
    expect(check(german(30).replace(' [1]', ''))).toEqual({ ok: false, reason: 'unsupported' });
  });

  it('understands the markers that models write', () => {
    expect(normaliseMarkers('A [1, 2]. B 【1†source】 C. [2] D[^1] [link](https://x.example)')).toBe(
      'A [1][2]. B [1] C [2]. D[1] [link](https://x.example)',
    );
  });

  it('whatever is written: what passes cites only existing sources, in words of theirs', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'You can return anything within 30 days of delivery', 'Boots must be unworn', 'Orders over $50 ship free', 'Refunds take',
        '. ', ' [1]', ' [2]', ' [3]', '[1, 2]', '\n\n', '\n- ', ' 60 days', ' free gold for all customers', '? ', '| a | [1] |', '`[9]`',
      ),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
    ); // biome-ignore format: a list
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const checked = check(pieces.join(''));
        if (!checked.ok) return;
        expect(checked.citations.length).toBeGreaterThan(0);
        for (const citation of checked.citations) {
          const cited = sources[citation.n - 1];
          expect(cited?.chunkId).toBe(citation.chunkId);
          expect(cited?.text).toContain(citation.quote);
          expect(citation.quote).not.toBe('');
        }
        const outsideCode = checked.text.replace(/`[^`]*`/g, '');
        for (const [, n] of outsideCode.matchAll(/\[(\d{1,3})\](?!\()/g)) {
          expect(checked.citations.map((citation) => citation.n)).toContain(Number(n));
        }
      }),
      { numRuns: 400 },
    );
  });
});
