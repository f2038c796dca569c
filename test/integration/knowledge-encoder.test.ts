import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createEncoder } from '../../server/knowledge/create-encoder.ts';
import type { Encoder } from '../../server/knowledge/encoder.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function encoderFor(embedding: { provider: 'builtin' | 'openai'; model: string }, baseUrl?: string): Encoder {
  const encoder = createEncoder({ models: { embedding, openai: { apiKey: 'test', baseUrl } } });
  closing.push(() => encoder.close());
  return encoder;
}

type Answer = { status: number; body: string };

/** An embedding server that answers what the test says, in turn, and the last answer for ever. */
async function serve(answers: ((inputs: string[]) => Answer)[]): Promise<{ url: string; requests: string[][] }> {
  const requests: string[][] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const { input } = JSON.parse(Buffer.concat(chunks).toString());
    requests.push(input);
    const answer = answers[Math.min(requests.length, answers.length) - 1]?.(input);
    res
      .writeHead(answer?.status ?? 500, { 'content-type': 'application/json', 'retry-after-ms': '1' })
      .end(answer?.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/v1`, requests };
}

const vectors = (of: (text: string) => unknown) => (inputs: string[]) => ({
  status: 200,
  body: JSON.stringify({ data: inputs.map((text, index) => ({ index, embedding: of(text) })).reverse(), model: 'm' }),
});

const dot = (one: number[], other: number[]) => one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);

describe('the built-in encoder', () => {
  test('gives vectors of length 1 that are near for near meanings, in the order of the texts', async () => {
    const encoder = encoderFor({ provider: 'builtin', model: 'use-lite' });
    const [returning, sending, weather] = await encoder.embed([
      'How do I return my order?',
      'I would like to send my purchase back',
      'It rains in the mountains',
    ]);
    if (!returning || !sending || !weather) throw new Error('a vector is missing');
    expect(returning).toHaveLength(encoder.space.dimensions);
    expect(dot(returning, returning)).toBeCloseTo(1, 4);
    expect(dot(returning, sending)).toBeGreaterThan(dot(returning, weather) + 0.1);
  });

  test('takes any text: empty, endless, of any script', async () => {
    const encoder = encoderFor({ provider: 'builtin', model: 'use-lite' });
    const texts = ['', '   ', '\u0000', '🙂', '返品', '\ud800', 'x'.repeat(50_000), 'word '.repeat(10_000)];
    const found = await encoder.embed(texts);
    expect(found).toHaveLength(texts.length);
    expect(found.flat().every(Number.isFinite)).toBe(true);
  });

  test('a question overtakes a long list of texts', async () => {
    const encoder = encoderFor({ provider: 'builtin', model: 'use-lite' });
    await encoder.embed(['warm']);
    const order: string[] = [];
    const list = encoder.embed(Array.from({ length: 60 }, (_, index) => `A passage, number ${index}. `.repeat(20)));
    const question = encoder.embed(['A question?']);
    await Promise.all([list.then(() => order.push('list')), question.then(() => order.push('question'))]);
    expect(order).toEqual(['question', 'list']);
  });

  test('what is no longer wanted is not computed, and closing ends what waits', async () => {
    const encoder = encoderFor({ provider: 'builtin', model: 'use-lite' });
    await expect(encoder.embed(['late'], AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    const waiting = encoder.embed(Array.from({ length: 40 }, () => 'text '.repeat(100)));
    const refused = expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    await encoder.close();
    await refused;
  });
});

describe('an OpenAI-compatible embedding server', () => {
  const model = { provider: 'openai' as const, model: 'tiny' };

  test('is asked in batches; its vectors are put in order and normalised, its dimension learnt', async () => {
    const server = await serve([vectors((text) => [Number(text), 0, 0])]);
    const encoder = encoderFor(model, server.url);
    expect(encoder.space).toEqual({ provider: 'openai', model: 'tiny', dimensions: 0 });
    const found = await encoder.embed(Array.from({ length: 130 }, (_, index) => String(index + 1)));
    expect(server.requests.map((inputs) => inputs.length)).toEqual([128, 2]);
    expect(found).toHaveLength(130);
    expect(found[5]).toEqual([1, 0, 0]);
    expect(encoder.space.dimensions).toBe(3);
  });

  test('is asked again after 429 and 500', async () => {
    const busy = () => ({ status: 429, body: '{}' });
    const broken = () => ({ status: 500, body: '{}' });
    const server = await serve([busy, broken, vectors(() => [0, 1])]);
    expect(await encoderFor(model, server.url).embed(['text'])).toEqual([[0, 1]]);
  });

  test.each([
    [
      'a vector of another length',
      vectors((text) => (text === 'a' ? [1, 0] : [1, 0, 0])),
      /3 numbers where 2|2 numbers where 3/,
    ],
    ['numbers that are not finite', vectors(() => [null, 1]), /not finite/],
    ['an empty vector', vectors(() => []), /vector of 0 numbers/],
    [
      'too few vectors',
      () => ({ status: 200, body: '{"data":[{"index":0,"embedding":[1]}]}' }),
      /1 vectors for 2 texts/,
    ],
    ['no vectors', () => ({ status: 200, body: '{"hello":1}' }), /no answer/],
    ['no JSON', () => ({ status: 200, body: '<html>' }), /no answer/],
    ['401', () => ({ status: 401, body: '{}' }), /answered 401/],
    ['500 for ever', () => ({ status: 500, body: '{}' }), /answered 500/],
  ])('that gives %s cannot be used, and the error says so', async (_name, answer, message) => {
    const server = await serve([answer]);
    await expect(encoderFor(model, server.url).embed(['a', 'b'])).rejects.toMatchObject({
      code: 'unavailable',
      publicMessage: expect.stringMatching(message),
    });
  });
});
