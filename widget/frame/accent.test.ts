import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contrast, readableOn, textOn } from './accent.ts';

const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

test('text on any accent can be read', () => {
  fc.assert(
    fc.property(color, (accent) => contrast(accent, textOn(accent)) >= 4.5),
    { numRuns: 5_000 },
  );
  expect(textOn('#777777')).toBe('#000000');
});

test('any accent becomes readable as text, on light and on dark, and stays as it is where it already is', () => {
  fc.assert(
    fc.property(
      color,
      fc.constantFrom('#ffffff', '#1b1d22'),
      (accent, ground) => contrast(readableOn(accent, ground), ground) >= 4.5,
    ),
  );
  expect(readableOn('#0f766e', '#ffffff')).toBe('#0f766e');
});

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});
