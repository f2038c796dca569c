import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spansOf } from './spans.ts';

const cut = (text: string) => spansOf(text).map((span) => [span.kind, text.slice(span.start, span.end)]);

describe('spansOf', () => {
  it('cuts sentences, not abbreviations and numbers', () => {
    expect(cut('It costs approx. 9.50 euros, e.g. in May. Write to Dr. Ray! Is it so? Yes.')).toEqual([
      ['sentence', 'It costs approx. 9.50 euros, e.g. in May.'],
      ['sentence', 'Write to Dr. Ray!'],
      ['sentence', 'Is it so?'],
      ['sentence', 'Yes.'],
    ]);
  });
  it('sees a missing space after a full stop', () => {
    expect(cut('Open the settings.Then click Save to finish')).toHaveLength(2);
    expect(cut('Use Node.js and www.Example.com today')).toHaveLength(1);
  });
  it('keeps items, rows, headings and code apart, and lines of one item together', () => {
    const text =
      '# Title\n\nDo this:\n\n1. Open it\n   slowly\n2. Close it\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```\nx. Y\n```\nEnd.';
    expect(cut(text)).toEqual([
      ['heading', '# Title'],
      ['sentence', 'Do this:'],
      ['item', '1. Open it\n   slowly'],
      ['item', '2. Close it'],
      ['row', '| a | b |'],
      ['row', '| 1 | 2 |'],
      ['code', '```\nx. Y\n```'],
      ['sentence', 'End.'],
    ]);
  });
  it('leaves out nothing but white space and table rules, in order, for any text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom('\n', '\n\n', '. ', '- ', '1. ', '# ', '| a |', '```', 'Word', ' ', '? '),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        let at = 0;
        let left = '';
        for (const span of spansOf(text)) {
          expect(span.start).toBeGreaterThanOrEqual(at);
          expect(span.end).toBeGreaterThan(span.start);
          left += text.slice(at, span.start);
          at = span.end;
        }
        left += text.slice(at);
        expect(left.replace(/[\s|:-]/g, '')).toBe('');
      }),
    );
  });
});
