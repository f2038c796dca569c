import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const asked = z.object({
  model: z.string().optional(),
  query: z.string(),
  documents: z.array(z.string()).optional(),
  texts: z.array(z.string()).optional(),
  top_n: z.number().optional(),
});

export type RerankRequest = z.infer<typeof asked> & { path: string; key: string | undefined };

/** What the server does about one request: a status with a body, sent as it is where it is text, or nothing for ever. */
export type RerankScript = { status?: number; body: unknown } | 'silence';

export type ScriptedReranker = {
  /** Without a path. */
  url: string;
  requests: RerankRequest[];
  close(): Promise<void>;
};

const cohere = (scores: number[]) => ({
  results: scores.map((relevance_score, index) => ({ index, relevance_score })).reverse(),
});
const tei = (scores: number[]) => scores.map((score, index) => ({ index, score })).reverse();

/** An answer with these scores, in the words of whoever was asked. */
export const inTheirWords = (request: RerankRequest, scores: number[]): RerankScript => ({
  body: request.texts ? tei(scores) : cohere(scores),
});

/** A reranking server on 127.0.0.1 that does what the script says. */
export async function startScriptedReranker(
  reply: (request: RerankRequest) => RerankScript,
): Promise<ScriptedReranker> {
  const requests: RerankRequest[] = [];
  const send = (res: ServerResponse, script: RerankScript) => {
    if (script === 'silence') return;
    res.writeHead(script.status ?? 200, { 'content-type': 'application/json' });
    res.end(typeof script.body === 'string' ? script.body : JSON.stringify(script.body));
  };
  const server = createServer(async (req, res) => {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part);
    const body = asked.parse(JSON.parse(Buffer.concat(parts).toString('utf8')));
    const request = { ...body, path: req.url ?? '', key: req.headers.authorization };
    requests.push(request);
    send(res, reply(request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
