import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { bagOfWords, inPieces, inTokens, quoteFromSources } from './scripted-reply.ts';

export type ScriptedMessage = { role: string; content: string };

/** What a client asked of the scripted server. */
export type ScriptedRequest = {
  path: string;
  body: Record<string, unknown>;
  stream: boolean;
  messages: ScriptedMessage[];
  /** Names of the tools that the model may call. */
  tools: string[];
  /** Whether the client closed the connection before it had everything. */
  aborted: boolean;
};

type Pace = {
  /** Before anything comes. */
  firstTokenMs?: number;
  /** Between two tokens. */
  intervalMs?: number;
};

/** What the server does about one chat request. */
export type Script =
  /** Streams the text in `tokens` equal pieces (default: word by word). An empty text is an empty answer. */
  | ({ kind: 'text'; text: string; tokens?: number; finish?: 'stop' | 'length' | 'content_filter' } & Pace)
  /** Calls a tool; `arguments` is sent as it is, well-formed or not. `text` comes before it. */
  | ({ kind: 'tool'; name: string; arguments: string; text?: string } & Pace)
  /** Declines, as OpenAI's `refusal` field does. */
  | ({ kind: 'refusal'; text: string } & Pace)
  /** Streams the first `after` tokens and destroys the connection. */
  | ({ kind: 'cut'; text: string; after: number } & Pace)
  /** Streams the first `after` tokens (default none, not even headers) and then nothing, for ever. */
  | ({ kind: 'silence'; text?: string; after?: number } & Pace)
  /** Streams the first `after` tokens and then what is no JSON. */
  | ({ kind: 'garbage'; text?: string; after?: number } & Pace)
  | { kind: 'error'; status: number; code?: string; message?: string; retryAfterSeconds?: number };

export const rateLimited = (retryAfterSeconds?: number): Script => ({
  kind: 'error',
  status: 429,
  code: 'rate_limit_exceeded',
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});
export const contextTooLong: Script = {
  kind: 'error',
  status: 400,
  code: 'context_length_exceeded',
  message: "This model's maximum context length is 8192 tokens.",
};

export type ScriptedOpenai = {
  /** Ends in /v1: what OPENAI_BASE_URL wants. */
  baseUrl: string;
  /** Chat requests, in the order they came. */
  requests: ScriptedRequest[];
  close(): Promise<void>;
};

export type ScriptedOptions = {
  /** Called for each chat request; the default quotes a sentence of the numbered sources that it finds in the prompt. */
  reply?: (request: ScriptedRequest) => Script;
  /** Waited for before texts are embedded; what it throws is answered as an error. */
  beforeEmbedding?: (texts: string[], model: string) => Promise<unknown> | unknown;
  port?: number;
  /** Keep what was asked, for tests; a benchmark does without. */
  record?: boolean;
};

/** Quotes the best sentence with its number; without sources it calls the first tool, or says that it does not know. */
export function defaultReply(request: ScriptedRequest): Script {
  const prompt = request.messages.map((message) => message.content).join('\n');
  const question = request.messages.findLast((message) => message.role === 'user')?.content ?? '';
  const quote = quoteFromSources(prompt, question.replace(/<source[\s\S]*<\/source>/, ''));
  if (quote !== undefined) return { kind: 'text', text: quote };
  const [tool] = request.tools;
  return tool === undefined ? { kind: 'text', text: 'I do not know.' } : { kind: 'tool', name: tool, arguments: '{}' };
}

const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? content.map((part: { text?: unknown }) => (typeof part.text === 'string' ? part.text : '')).join('')
      : '';

function parseChat(path: string, body: Record<string, unknown>): ScriptedRequest {
  const messages = Array.isArray(body.messages) ? body.messages : [];
  const tools = Array.isArray(body.tools) ? body.tools : [];
  return {
    path,
    body,
    stream: body.stream === true,
    messages: messages.map((message: { role?: unknown; content?: unknown }) => ({
      role: String(message.role),
      content: textOf(message.content),
    })),
    tools: tools.map((tool: { function?: { name?: unknown } }) => String(tool.function?.name)),
    aborted: false,
  };
}

async function readJson(req: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString('utf8') || '{}');
}

function sendJson(res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers });
  res.end(text);
}

type Delta = Record<string, unknown>;
type Step = { delta: Delta; finish?: string } | 'garbage' | 'cut' | 'silence';

/** What a script comes to, step by step; a stream that is not ended otherwise ends with its `finish`. */
function stepsOf(script: Exclude<Script, { kind: 'error' }>): Step[] {
  const contents = (pieces: string[]): Step[] => pieces.map((content) => ({ delta: { content } }));
  const first = (text: string | undefined, after: number | undefined) =>
    contents(inTokens(text ?? '').slice(0, after ?? 0));
  switch (script.kind) {
    case 'text': {
      const pieces = script.tokens === undefined ? inTokens(script.text) : inPieces(script.text, script.tokens);
      return [...contents(script.text === '' ? [] : pieces), { delta: {}, finish: script.finish ?? 'stop' }];
    }
    case 'tool': {
      const half = Math.ceil(script.arguments.length / 2);
      const call = (fields: Delta): Step => ({ delta: { tool_calls: [{ index: 0, ...fields }] } });
      return [
        ...contents(inTokens(script.text ?? '')),
        call({ id: 'call_1', type: 'function', function: { name: script.name, arguments: '' } }),
        call({ function: { arguments: script.arguments.slice(0, half) } }),
        call({ function: { arguments: script.arguments.slice(half) } }),
        { delta: {}, finish: 'tool_calls' },
      ];
    }
    case 'refusal':
      return [{ delta: { refusal: script.text } }, { delta: {}, finish: 'stop' }];
    case 'cut':
      return [...first(script.text, script.after), 'cut'];
    case 'silence':
      return [...first(script.text, script.after), 'silence'];
    case 'garbage':
      return [...first(script.text, script.after), 'garbage'];
  }
}

const usageOf = (request: ScriptedRequest, output: number) => {
  const input = request.messages.reduce((sum, message) => sum + inTokens(message.content).length, 0);
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
};

function writeStep(res: ServerResponse, prefix: string, step: Step): boolean {
  if (step === 'silence') return false;
  if (step === 'cut') {
    // what was streamed arrives, the end of it does not
    res.write(':\n\n', () => res.destroy());
    return false;
  }
  if (step === 'garbage') {
    res.end('data: {"choices":[{"delta":{"content":\n\ndata: <html>\n\n');
    return false;
  }
  const finish = step.finish === undefined ? 'null' : `"${step.finish}"`;
  res.write(`${prefix}"choices":[{"index":0,"delta":${JSON.stringify(step.delta)},"finish_reason":${finish}}]}\n\n`);
  return true;
}

/** Each step at its own time from the start, so that slow timers do not add up. */
function stream(res: ServerResponse, request: ScriptedRequest, script: Exclude<Script, { kind: 'error' }>): void {
  const steps = stepsOf(script);
  if (steps[0] === 'silence') return;
  const start = performance.now() + (script.firstTokenMs ?? 0);
  const interval = script.intervalMs ?? 0;
  const prefix = `data: {"id":"chatcmpl-scripted","object":"chat.completion.chunk","created":0,"model":${JSON.stringify(String(request.body.model))},`;
  let index = 0;
  let timer: NodeJS.Timeout | undefined;
  res.on('close', () => clearTimeout(timer));
  const advance = (): void => {
    while (index < steps.length && performance.now() >= start + index * interval - 0.5) {
      const step = steps[index];
      index += 1;
      if (step === undefined || !writeStep(res, prefix, step)) return;
    }
    if (index < steps.length) {
      timer = setTimeout(advance, Math.max(1, start + index * interval - performance.now()));
      return;
    }
    res.end(`${prefix}"choices":[],"usage":${JSON.stringify(usageOf(request, steps.length - 1))}}\n\ndata: [DONE]\n\n`);
  };
  const open = (): void => {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    advance();
  };
  if (script.firstTokenMs) timer = setTimeout(open, script.firstTokenMs);
  else open();
}

/** The same script without streaming, after all the time it would have taken. */
function respond(res: ServerResponse, request: ScriptedRequest, script: Exclude<Script, { kind: 'error' }>): void {
  const steps = stepsOf(script);
  const timer = setTimeout(
    () => {
      if (script.kind === 'silence') return;
      if (script.kind === 'cut') return void res.destroy();
      if (script.kind === 'garbage')
        return void res.writeHead(200, { 'content-type': 'application/json' }).end('{"cho');
      const content = script.kind === 'refusal' ? null : (script.text ?? null);
      const call = script.kind === 'tool' ? { name: script.name, arguments: script.arguments } : undefined;
      const message = {
        role: 'assistant',
        content,
        refusal: script.kind === 'refusal' ? script.text : null,
        ...(call ? { tool_calls: [{ id: 'call_1', type: 'function', function: call }] } : {}),
      };
      const finish = script.kind === 'text' ? (script.finish ?? 'stop') : call ? 'tool_calls' : 'stop';
      sendJson(res, 200, {
        id: 'chatcmpl-scripted',
        object: 'chat.completion',
        created: 0,
        model: request.body.model,
        choices: [{ index: 0, message, finish_reason: finish }],
        usage: usageOf(request, steps.length - 1),
      });
    },
    (script.firstTokenMs ?? 0) + (script.intervalMs ?? 0) * steps.length,
  );
  res.on('close', () => clearTimeout(timer));
}

function sendError(res: ServerResponse, script: Extract<Script, { kind: 'error' }>): void {
  const headers: Record<string, string> =
    script.retryAfterSeconds === undefined ? {} : { 'retry-after': String(script.retryAfterSeconds) };
  const error = { message: script.message ?? `scripted ${script.status}`, type: 'scripted', code: script.code ?? null };
  sendJson(res, script.status, { error }, headers);
}

function embed(res: ServerResponse, body: Record<string, unknown>): void {
  const texts: unknown[] = Array.isArray(body.input) ? body.input : [body.input];
  const data = texts.map((text, index) => {
    const vector = bagOfWords(String(text));
    const embedding =
      body.encoding_format === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector;
    return { object: 'embedding', index, embedding };
  });
  const tokens = texts.reduce<number>((sum, text) => sum + inTokens(String(text)).length, 0);
  sendJson(res, 200, {
    object: 'list',
    data,
    model: body.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

/** An OpenAI-compatible server on 127.0.0.1 that does what the script says: chat (streamed or not), embeddings, models. */
export async function startScriptedOpenai(options: ScriptedOptions = {}): Promise<ScriptedOpenai> {
  const reply = options.reply ?? defaultReply;
  const requests: ScriptedRequest[] = [];
  const sockets = new Set<Socket>();

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = (req.url ?? '').split('?')[0] ?? '';
    if (req.method === 'GET' && path === '/v1/models') {
      return sendJson(res, 200, { object: 'list', data: [{ id: 'scripted', object: 'model' }] });
    }
    if (req.method !== 'POST') return sendError(res, { kind: 'error', status: 404 });
    const body = await readJson(req);
    if (path === '/v1/embeddings') {
      await options.beforeEmbedding?.([body.input].flat().map(String), String(body.model));
      return embed(res, body);
    }
    if (path !== '/v1/chat/completions') return sendError(res, { kind: 'error', status: 404 });
    const request = parseChat(path, body);
    if (options.record !== false) requests.push(request);
    res.on('close', () => {
      request.aborted = !res.writableFinished;
    });
    const script = reply(request);
    if (script.kind === 'error') return sendError(res, script);
    if (request.stream) stream(res, request, script);
    else respond(res, request, script);
  };

  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => {
      if (!res.headersSent) sendError(res, { kind: 'error', status: 400, message: String(error) });
      else res.destroy();
    });
  });
  server.on('connection', (socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Settings of a Parley whose vectors come from the scripted server, and whose answers are quoted. */
export const embeddingBy = ({ baseUrl }: ScriptedOpenai, model: string): Record<string, string> => ({
  EMBEDDING_MODEL: `openai:${model}`,
  OPENAI_BASE_URL: baseUrl,
  ANSWER_MODEL: 'builtin:extractive',
  FAST_MODEL: 'builtin:extractive',
});
