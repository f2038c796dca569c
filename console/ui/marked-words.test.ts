import { describe, expect, test } from 'vitest';
import { excerpt, splitMarked } from './marked-words.ts';

const marked = (text: string, ...forms: string[]) =>
  splitMarked(text, new Set(forms))
    .map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
    .join('');

describe('marking', () => {
  test('takes whole words, whatever their case and accents', () => {
    expect(marked('Refunds, refund and prefunded.', 'refund', 'refunds')).toBe('[Refunds], [refund] and prefunded.');
    expect(marked('Über die Größe', 'uber')).toBe('[Über] die Größe');
  });

  test('finds pairs of characters inside a run of a script without spaces', () => {
    expect(marked('商品の返品方法', '返品', '品方')).toBe('商品の[返品方]法');
  });

  test('changes nothing where there is nothing to mark', () => {
    expect(marked('Some text', 'other')).toBe('Some text');
    expect(splitMarked('', new Set(['a']))).toEqual([]);
  });
});

describe('an excerpt', () => {
  const filler = 'Nothing of it matters here at all. '.repeat(20);

  test('is the text itself where that is short', () => {
    expect(excerpt('Short.', new Set(['short']), 100)).toBe('Short.');
  });

  test('begins at the beginning where nothing is found further on', () => {
    expect(excerpt(filler, new Set(['refund']), 60)).toMatch(/^Nothing of it .* …$/);
  });

  test('shows the place with the most different words, cut between words', () => {
    const text = `A refund. ${filler}The refund of boots comes in ten days. ${filler}`;
    const shown = excerpt(text, new Set(['refund', 'boots']), 80);
    expect(shown).toContain('refund of boots');
    expect(shown).toMatch(/^… \S.*\S …$/);
    expect(shown.length).toBeLessThanOrEqual(84);
  });
});
