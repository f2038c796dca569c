import { describe, expect, it } from 'vitest';
import { texts } from '../../server/answering/texts.ts';
import { contextTooLong, rateLimited, type Script } from '../support/scripted-openai.ts';
import { goodAnswer, scriptedTurns, shown } from '../support/scripted-turns.ts';

const turns = scriptedTurns();

describe('a model that cannot', () => {
  it.each<[string, Script, string, number]>([
    ['rate limits', rateLimited(0), 'rate_limited', 3],
    ['breaks', { kind: 'error', status: 500 }, 'server_error', 3],
    ['cuts the stream', { kind: 'cut', text: goodAnswer, after: 4 }, 'cut', 3],
    ['sends what is no JSON', { kind: 'garbage', text: goodAnswer, after: 2 }, 'malformed', 3],
    ['says nothing', { kind: 'text', text: '' }, 'empty', 3],
    ['declines', { kind: 'refusal', text: 'I cannot help with that.' }, 'refused', 1],
    ['is filtered', { kind: 'text', text: goodAnswer, finish: 'content_filter' }, 'refused', 1],
    ['has too little room', contextTooLong, 'context_too_long', 1],
    ['wants another key', { kind: 'error', status: 401 }, 'unauthorized', 1],
  ])('that %s leads to the quote where the passage is good', async (_, script, reason, calls) => {
    const { run, events } = await turns.ask({ scripts: [script] });
    const decision = await run;
    expect(decision).toMatchObject({
      kind: 'answer',
      turn: { model: 'builtin:extractive', decision: { rule: 'quoted_instead' } },
    });
    expect(decision.turn.failures).toEqual(Array.from({ length: calls }, () => ({ model: 'openai:main', reason })));
    expect(shown(events)).toBe(decision.text);
    expect((await turns.ledger()).map((row) => [row.status, row.reason])).toEqual(
      Array.from({ length: calls }, () => ['failed', reason]),
    );
  });

  it('leads to people, who are announced, where the passage is not good', async () => {
    const { run, events } = await turns.ask({ scripts: [{ kind: 'error', status: 500 }], confidence: 0.1 });
    expect(await run).toMatchObject({
      kind: 'handoff',
      reason: 'answering_failed',
      text: texts.handoffFailed,
      citations: [],
    });
    expect(shown(events)).toBe('');
  });

  it('is asked again after a cut, from nothing', async () => {
    const { run, events } = await turns.ask({
      scripts: [
        { kind: 'cut', text: goodAnswer, after: 4 },
        { kind: 'text', text: goodAnswer },
      ],
    });
    expect(await run).toMatchObject({ kind: 'answer', turn: { model: 'openai:main' } });
    expect(events.filter(({ kind }) => kind === 'restart')).toHaveLength(1);
    expect(shown(events)).toBe(goodAnswer);
    expect((await turns.ledger()).map(({ status }) => status)).toEqual(['failed', 'ok']);
  });

  it('waits as long as Retry-After says', async () => {
    const { run, startedAt } = await turns.ask({ scripts: [rateLimited(1), { kind: 'text', text: goodAnswer }] });
    expect(await run).toMatchObject({ kind: 'answer', turn: { model: 'openai:main' } });
    expect(performance.now() - startedAt).toBeGreaterThan(990);
  });

  it('is passed over when Retry-After lies beyond the deadline', async () => {
    const { run, startedAt } = await turns.ask({
      scripts: [rateLimited(5), { kind: 'text', text: goodAnswer }],
      models: 'openai:main,openai:small',
      deadlineMs: 2_000,
    });
    expect(await run).toMatchObject({ kind: 'answer', turn: { model: 'openai:small' } });
    expect(performance.now() - startedAt).toBeLessThan(1_900);
  });

  it('is given up after silence, in the middle of a stream too', async () => {
    const { run, events } = await turns.ask({
      scripts: [
        { kind: 'silence', text: goodAnswer, after: 3 },
        { kind: 'text', text: goodAnswer },
      ],
      options: { idleMs: 80, firstChunkMs: 2_000 },
    });
    expect(await run).toMatchObject({ kind: 'answer', turn: { failures: [{ reason: 'timed_out' }] } });
    expect(shown(events)).toBe(goodAnswer);
    expect(turns.requests()[0]?.aborted).toBe(true);
  });

  it('keeps the deadline and answers by quoting', async () => {
    const { run, events, startedAt } = await turns.ask({
      scripts: [{ kind: 'silence', text: goodAnswer, after: 3 }],
      deadlineMs: 300,
    });
    const decision = await run;
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(decision).toMatchObject({ kind: 'answer', turn: { decision: { rule: 'quoted_instead' } } });
    expect(decision.turn.failures).toEqual([{ model: 'openai:main', reason: 'deadline' }]);
    expect(shown(events)).toBe(decision.text);
    expect((await turns.ledger()).map(({ status, tokens_estimated }) => [status, tokens_estimated])).toEqual([
      ['aborted', true],
    ]);
  });
});

describe('an abort', () => {
  it.each<[string, Script, number]>([
    ['before the first token', { kind: 'text', text: goodAnswer, firstTokenMs: 5_000 }, 0],
    ['in the middle of the stream', { kind: 'text', text: goodAnswer.repeat(20), intervalMs: 5 }, 3],
    ['during silence', { kind: 'silence', text: goodAnswer, after: 2 }, 2],
  ])('%s ends all at once: no callback comes after it, and the server is let go', async (_, script, after) => {
    const controller = new AbortController();
    const events: string[] = [];
    let late = 0;
    const { run } = await turns.ask({
      scripts: [script],
      input: {
        signal: controller.signal,
        onText: (text) => {
          if (controller.signal.aborted) late += 1;
          events.push(text);
          if (events.length === after) queueMicrotask(() => controller.abort(new Error('overtaken')));
        },
        onRestart: () => {
          late += 1;
        },
      },
    });
    if (after === 0) {
      await expect.poll(() => turns.requests().length).toBe(1);
      controller.abort(new Error('overtaken'));
    }
    await expect(run).rejects.toThrow('overtaken');
    await expect.poll(() => turns.requests()[0]?.aborted).toBe(true);
    expect(late).toBe(0);
    expect((await turns.ledger()).map(({ status }) => status)).toEqual(['aborted']);
  });

  it('while waiting for another attempt ends the wait', async () => {
    const controller = new AbortController();
    const { run, startedAt } = await turns.ask({ scripts: [rateLimited(10)], input: { signal: controller.signal } });
    await expect.poll(() => turns.requests().length).toBe(1);
    controller.abort(new Error('overtaken'));
    await expect(run).rejects.toThrow('overtaken');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
