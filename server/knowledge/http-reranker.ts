import { z } from 'zod';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Reranker } from './reranker.ts';

/*
 * Two ways to ask for the same: Cohere's (also Jina's, Voyage's, vLLM's), POST {model, query, documents, top_n}, and the one of
 * text-embeddings-inference (TEI), POST {query, texts}. A server that serves one model at /rerank is taken for TEI, unless a model
 * is named; one that refuses the first way is asked the other way. Either answer is read.
 */
type Dialect = 'cohere' | 'tei';

const limitMs = 1_500;
const answerBytesMax = 1_000_000;
const warnEveryMs = 60_000;

const scored = z.object({ index: z.number().int(), relevance_score: z.number() });
const answerSchema = z.union([
  z.object({ results: z.array(scored) }).transform(({ results }) => results),
  z
    .array(z.object({ index: z.number().int(), score: z.number() }))
    .transform((list) => list.map(({ index, score }) => ({ index, relevance_score: score }))),
]);

/** What the server said is no order of these texts. */
class Unusable extends Error {}

/** Each text exactly once, with a finite score. */
export function readScores(answer: unknown, count: number): number[] {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) throw new Unusable('neither {results:[{index,relevance_score}]} nor [{index,score}]');
  const scores = new Map(parsed.data.map(({ index, relevance_score }) => [index, relevance_score]));
  if (parsed.data.length !== count || scores.size !== count) {
    throw new Unusable(`${parsed.data.length} scores, ${scores.size} of them different, for ${count} texts`);
  }
  const inOrder = Array.from({ length: count }, (_, index) => scores.get(index));
  const whole = inOrder.flatMap((score) => (score !== undefined && Number.isFinite(score) ? [score] : []));
  if (whole.length !== count) throw new Unusable('an index or a score that is none');
  // some servers give what comes before the sigmoid
  const areShares = whole.every((score) => score >= 0 && score <= 1);
  return areShares ? whole : whole.map((score) => 1 / (1 + Math.exp(-score)));
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text.length > answerBytesMax) throw new Unusable(`${text.length} characters`);
  try {
    return JSON.parse(text);
  } catch {
    throw new Unusable('no JSON');
  }
}

type Settings = { url: string; model: string | undefined; apiKey: string | undefined };

const usualDialect = ({ url, model }: Settings): Dialect =>
  model === undefined && !/\/v\d+\//.test(new URL(url).pathname) ? 'tei' : 'cohere';

/** A refusal of the way of asking, rather than of the key or the load. */
const isRefusal = (status: number) => status === 400 || status === 422;

/** Asks a reranking server over HTTP, 1.5 s at most. What goes wrong is logged once a minute, without what was asked. */
export function createHttpReranker(settings: Settings, log: Log): Reranker {
  let dialect = usualDialect(settings);
  let lastWarning = Number.NEGATIVE_INFINITY;

  const ask = (as: Dialect, query: string, texts: string[], signal: AbortSignal) =>
    fetch(settings.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(settings.apiKey === undefined ? {} : { authorization: `Bearer ${settings.apiKey}` }),
      },
      body: JSON.stringify(
        as === 'tei'
          ? { query, texts, truncate: true }
          : { model: settings.model, query, documents: texts, top_n: texts.length },
      ),
      redirect: 'error',
      signal,
    });

  async function scoresOf(query: string, texts: string[], signal: AbortSignal): Promise<number[]> {
    let response = await ask(dialect, query, texts, signal);
    if (isRefusal(response.status)) {
      await response.body?.cancel();
      const other: Dialect = dialect === 'tei' ? 'cohere' : 'tei';
      response = await ask(other, query, texts, signal);
      if (response.ok) dialect = other;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new Unusable(`status ${response.status}`);
    }
    return readScores(await readBody(response), texts.length);
  }

  return {
    async rerank(query, texts, signal) {
      const timeout = AbortSignal.timeout(limitMs);
      try {
        return await scoresOf(query, texts, signal ? AbortSignal.any([signal, timeout]) : timeout);
      } catch (error) {
        if (signal?.aborted) return undefined;
        const now = performance.now();
        if (now - lastWarning >= warnEveryMs) {
          lastWarning = now;
          log.warn({ err: timeout.aborted ? new Error(`no answer in ${limitMs} ms`) : error }, 'reranker not used');
        }
        return undefined;
      }
    },
  };
}

/** The reranker that RERANK_URL names, if it names one. */
export function createReranker({ rerank }: Pick<Config, 'rerank'>, log: Log): Reranker | undefined {
  return rerank && createHttpReranker(rerank, log);
}
