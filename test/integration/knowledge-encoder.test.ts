import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { EmbeddingRef } from '../../server/config.ts';
import { openEncoder } from '../../server/knowledge/create-encoder.ts';
import type { Encoder } from '../../server/knowledge/encoder.ts';
import { createOpenaiEncoder } from '../../server/knowledge/openai-encoder.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function encoderFor(embedding: EmbeddingRef, baseUrl?: string): Encoder {
  const encoder = openEncoder(embedding, { dataDir: 'unused', models: { openai: { apiKey: 'test', baseUrl } } });
  closing.push(() => encoder.close());
  return encoder;
}

type Answer = { status: number; body: string; type?: string };

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
      .writeHead(answer?.status ?? 500, { 'content-type': answer?.type ?? 'application/json', 'retry-after-ms': '1' })
      .end(answer?.body);
  });
  return { url: await listen(server), requests };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/v1`;
}

const vectors = (of: (text: string) => unknown) => (inputs: string[]) => ({
  status: 200,
  body: JSON.stringify({ data: inputs.map((text, index) => ({ index, embedding: of(text) })).reverse(), model: 'm' }),
});

const dot = (one: number[], other: number[]) => one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);

describe('the built-in encoder', () => {
  test('gives vectors of length 1 that are near for near meanings, in the order of the texts', async () => {
    const encoder = encoderFor({ provider: 'builtin', model: 'use-lite' });
    const [returning, sending, weather] = await encoder.embed(
      ['How do I return my order?', 'I would like to send my purchase back', 'It rains in the mountains'],
      'passage',
    );
    if (!returning || !sending || !weather) throw new Error('a vector is missing');
    expect(returning).toHaveLength(encoder.space.dimensions);
    expect(dot(returning, returning)).toBeCloseTo(1, 4);
    expect(dot(returning, sending)).toBeGreaterThan(dot(returning, weather) + 0.1);
  });

  test('takes any text: empty, endless, of any script', async () => {
    const encoder = encoderFor({ provider: 'builtin', model: 'use-lite' });
    const texts = ['', '   ', '\u0000', '🙂', '返品', '\ud800', 'x'.repeat(50_000), 'word '.repeat(10_000)];
    const found = await encoder.embed(texts, 'passage');
    expect(found).toHaveLength(texts.length);
    expect(found.flat().every(Number.isFinite)).toBe(true);
  });

  test('a question overtakes a long list of texts', async () => {
    const encoder = encoderFor({ provider: 'builtin', model: 'use-lite' });
    await encoder.embed(['warm'], 'passage');
    const order: string[] = [];
    const list = encoder.embed(
      Array.from({ length: 60 }, (_, index) => `A passage, number ${index}. `.repeat(20)),
      'passage',
    );
    const question = encoder.embed(['A question?'], 'question');
    await Promise.all([list.then(() => order.push('list')), question.then(() => order.push('question'))]);
    expect(order).toEqual(['question', 'list']);
  });

  test('what is no longer wanted is not computed, and closing ends what waits', async () => {
    const encoder = encoderFor({ provider: 'builtin', model: 'use-lite' });
    await expect(encoder.embed(['late'], 'question', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    const waiting = encoder.embed(
      Array.from({ length: 40 }, () => 'text '.repeat(100)),
      'passage',
    );
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
    const found = await encoder.embed(
      Array.from({ length: 130 }, (_, index) => String(index + 1)),
      'passage',
    );
    expect(server.requests.map((inputs) => inputs.length).toSorted()).toEqual([128, 2]);
    expect(found).toHaveLength(130);
    expect(found[5]).toEqual([1, 0, 0]);
    expect(encoder.space.dimensions).toBe(3);
  });

  test('is asked again after 429 and 500', async () => {
    const busy = () => ({ status: 429, body: '{}' });
    const broken = () => ({ status: 500, body: '{}' });
    const server = await serve([busy, broken, vectors(() => [0, 1])]);
    expect(await encoderFor(model, server.url).embed(['text'], 'passage')).toEqual([[0, 1]]);
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
    ['texts in a vector', vectors(() => ['1', 0]), /not finite/],
    ['half a number', vectors(() => Buffer.from('hello').toString('base64')), /vector of 0 numbers/],
    [
      'the same vector twice',
      () => ({ status: 200, body: '{"data":[{"index":1,"embedding":[1]},{"index":1,"embedding":[1]}]}' }),
      /2 vectors for 2 texts/,
    ],
    ['no vectors', () => ({ status: 200, body: '{"hello":1}' }), /holds no vectors/],
    ['half of its JSON', () => ({ status: 200, body: '{"data":[' }), /not JSON/],
    ['a page instead of JSON', () => ({ status: 200, body: '<html>', type: 'text/html' }), /holds no vectors/],
    ['401', () => ({ status: 401, body: '{}' }), /answered 401/],
    ['500 for ever', () => ({ status: 500, body: '{}' }), /answered 500/],
  ])('that gives %s cannot be used, and the error says so', async (_name, answer, message) => {
    const server = await serve([answer]);
    await expect(encoderFor(model, server.url).embed(['a', 'b'], 'passage')).rejects.toMatchObject({
      code: 'unavailable',
      publicMessage: expect.stringMatching(message),
    });
  });

  test('that gives another length than before cannot be used, and a known model must give its own', async () => {
    const server = await serve([vectors(() => [1, 0]), vectors(() => [1, 0, 0])]);
    const encoder = encoderFor(model, server.url);
    await encoder.embed(['a'], 'passage');
    const unusable = (message: RegExp) => ({ code: 'unavailable', publicMessage: expect.stringMatching(message) });
    await expect(encoder.embed(['b'], 'passage')).rejects.toMatchObject(unusable(/openai:tiny .* 3 numbers where 2/));
    const known = encoderFor({ provider: 'openai', model: 'text-embedding-3-small' }, server.url);
    await expect(known.embed(['c'], 'passage')).rejects.toMatchObject(unusable(/3 numbers where 1536/));
  });

  test('may give its vectors as base64', async () => {
    const server = await serve([vectors(() => Buffer.from(Float32Array.of(0, 3, 4).buffer).toString('base64'))]);
    const [vector] = await encoderFor(model, server.url).embed(['text'], 'passage');
    expect(vector?.map((value) => Number(value.toFixed(6)))).toEqual([0, 0.6, 0.8]);
  });

  test('is asked four times at once at most, and each time for 100,000 characters at most', async () => {
    let under = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    const sizes: number[] = [];
    const server = createServer(async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk);
      const { input }: { input: string[] } = JSON.parse(Buffer.concat(chunks).toString());
      sizes.push(input.join('').length);
      under += 1;
      most = Math.max(most, under);
      // nobody is answered before four are there
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length >= 4) for (const go of waiting) go();
      });
      under -= 1;
      const data = input.map((text, index) => ({ index, embedding: [Number(text.slice(0, 4)), 1] }));
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
    });
    const url = await listen(server);
    const texts = Array.from({ length: 40 }, (_, index) => `${1000 + index}${'x'.repeat(19_996)}`);
    const found = await encoderFor(model, url).embed(texts, 'passage');
    expect(most).toBe(4);
    expect(sizes).toHaveLength(8);
    expect(Math.max(...sizes)).toBe(100_000);
    const order = found.map(([first = 0, second = 1]) => Math.round(first / second));
    expect(order).toEqual(texts.map((text) => Number(text.slice(0, 4))));
  });

  test('that never answers cannot be used, after the time and the tries that it has', async () => {
    let asked = 0;
    const url = await listen(
      createServer(() => {
        asked += 1;
      }),
    );
    const encoder = createOpenaiEncoder({ model: 'tiny', apiKey: 'test', baseUrl: url, timeoutMs: 50 });
    await expect(encoder.embed(['text'], 'passage')).rejects.toMatchObject({
      code: 'unavailable',
      publicMessage: expect.stringMatching(/did not answer within 0\.05 seconds/),
    });
    expect(asked).toBe(4);
  });

  test('that is not wanted any longer is not asked further', async () => {
    const stop = new AbortController();
    const server = await serve([
      () => {
        stop.abort(new Error('gone'));
        return { status: 500, body: '{}' };
      },
    ]);
    await expect(encoderFor(model, server.url).embed(['text'], 'question', stop.signal)).rejects.toThrow('gone');
    expect(server.requests).toHaveLength(1);
  });
});
