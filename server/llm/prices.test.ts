import { describe, expect, it } from 'vitest';
import { costOf } from './prices.ts';

describe('costOf', () => {
  const tokens = { input: 1_000_000, output: 100_000 };
  it('multiplies, for dated versions too', () => {
    expect(costOf('openai:gpt-5', tokens)).toEqual({ costUsd: 2.25, known: true });
    expect(costOf('openai:gpt-5-2025-08-07', tokens)).toEqual({ costUsd: 2.25, known: true });
    expect(costOf('anthropic:claude-sonnet-4-5-20250929', tokens)).toEqual({ costUsd: 4.5, known: true });
  });
  it('says that it does not know, instead of guessing from a similar name', () => {
    expect(costOf('openai:gpt-5-turbo', tokens)).toEqual({ costUsd: 0, known: false });
    expect(costOf('openai:llama3', tokens)).toEqual({ costUsd: 0, known: false });
  });
});
