import { describe, expect, it } from 'vitest';
import { factsHold, hardFactsOf } from './hard-facts.ts';

const holds = (claim: string, source: string, asked = '') =>
  factsHold(hardFactsOf(claim), hardFactsOf(source), hardFactsOf(asked));

describe('factsHold', () => {
  it.each([
    ['within 30 days', 'returns are taken for thirty days'],
    ['it costs $1,000.00', 'The price is 1000 dollars'],
    ['it costs €9,50', 'Shipping is 9.50 EUR'],
    ['20% off', 'you save 20 percent'],
    ['it takes 14 days', 'refunds take 14–30 days'],
    ['write to Help@Shop.example.', 'e-mail help@shop.example for that'],
    ['see https://www.shop.example/returns.', 'more at shop.example: http://shop.example/returns'],
    ['a 2-year warranty', 'the warranty runs for two years'],
    ['1. Open the box', 'open the box'],
  ])('"%s" is borne out by "%s"', (claim, source) => expect(holds(claim, source)).toBe(true));

  it.each([
    ['within 90 days', 'within 30 days'],
    ['within 30 months', 'within 30 days'],
    ['it costs $20', 'it costs 20 euros'],
    ['write to evil@shop.example', 'write to help@shop.example'],
    ['see https://evil.example/a', 'see https://shop.example/a'],
    ['20% off', 'at most 20 items'],
  ])('"%s" is not borne out by "%s"', (claim, source) => expect(holds(claim, source)).toBe(false));

  it('lets the customer’s own number stand only beside one of the source', () => {
    const source = 'You can return it within 30 days.';
    expect(holds('Yes, within 90 days.', source, 'Can I return it after 90 days?')).toBe(false);
    expect(holds('After 90 days it is too late: the limit is 30 days.', source, 'after 90 days?')).toBe(true);
  });
});

it.each(['1', '1-', 'a', 'a.', '\n', ' '])('stays quick on a long row of %j', (piece) => {
  const started = performance.now();
  hardFactsOf(`${piece.repeat(12_000)}x`);
  expect(performance.now() - started).toBeLessThan(250);
});
