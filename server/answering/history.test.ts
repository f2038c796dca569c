import { describe, expect, it } from 'vitest';
import { firstTokens, fitHistory } from './history.ts';

describe('fitHistory', () => {
  it('keeps the latest messages whole and in order, without stale markers, beginning with the customer', async () => {
    const history = [
      { role: 'assistant' as const, body: 'Hello.' },
      { role: 'customer' as const, body: 'How long can I return boots?' },
      { role: 'assistant' as const, body: 'Within 30 days [1][2].' },
    ];
    expect(await fitHistory(history, 500)).toEqual([
      { role: 'user', content: 'How long can I return boots?' },
      { role: 'assistant', content: 'Within 30 days.' },
    ]);
  });

  it('never goes beyond its budget, and drops the oldest first', async () => {
    const history = Array.from({ length: 30 }, (_, index) => ({
      role: 'customer' as const,
      body: `${index} ${'word '.repeat(50)}`,
    }));
    const kept = await fitHistory(history, 500);
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.length).toBeLessThan(11);
    expect(kept.at(-1)?.content).toMatch(/^29 /);
  });

  it('is not slowed down by what is no text', async () => {
    const started = performance.now();
    expect(await fitHistory([{ role: 'customer', body: 'x'.repeat(50_000) }], 500)).toEqual([]);
    expect((await firstTokens('y'.repeat(50_000), 100)).length).toBeLessThan(400);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
