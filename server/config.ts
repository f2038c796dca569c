import { z } from 'zod';

/** Where a model lives and what it is called there, from `provider:model`. */
export type ModelRef = { provider: 'builtin' | 'openai' | 'anthropic' | 'google'; model: string };

/** A model that turns texts into vectors. A local one is an id of the Hugging Face hub, or a folder. */
export type EmbeddingRef = { provider: 'builtin' | 'openai' | 'local'; model: string };

export type Config = {
  host: string;
  port: number;
  /** Without a trailing slash. */
  publicUrl: string;
  dataDir: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  /** Signs sessions; generated into the data folder where it is not given. */
  secret: string | undefined;
  admin: { email: string; password: string | undefined };
  apiKey: string | undefined;
  demo: boolean;
  trustProxy: boolean;
  logLevel: string;
  models: {
    openai: { apiKey: string | undefined; baseUrl: string | undefined };
    anthropicApiKey: string | undefined;
    googleApiKey: string | undefined;
    /** In the order they are tried. */
    answer: ModelRef[];
    fast: ModelRef[];
    embedding: EmbeddingRef;
  };
  /** Reads the best search results once more with the question. */
  rerank: { url: string; model: string | undefined; apiKey: string | undefined } | undefined;
  /** From a customer's message to its outcome; then it goes to people. */
  answerDeadlineMs: number;
  /** A worker that has not renewed its claim for this long has lost it. */
  leaseMs: number;
  /** How long an agent may be gone before what they hold returns to the queue. */
  agentGraceMs: number;
  sweepIntervalMs: number;
  turnConcurrency: number;
};

/** What stood in the environment and what would be right; the start stops with its message. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

const seconds = (fallback: number) =>
  z.coerce
    .number({ error: 'a number of seconds' })
    .positive({ error: 'a number of seconds above 0' })
    .default(fallback);
const httpUrl = (wants: string) =>
  z.url({ protocol: /^https?$/, error: wants }).transform((url) => url.replace(/\/+$/, ''));

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce
    .number({ error: 'a port from 0 to 65535' })
    .int()
    .min(0)
    .max(65535, { error: 'a port from 0 to 65535' })
    .default(3000),
  PUBLIC_URL: httpUrl('an http or https address, such as https://support.example.com').optional(),
  DATA_DIR: z.string().default('./.parley'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'an address such as postgres://name@host:5432/parley' })
    .optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'an address such as redis://host:6379' }).optional(),
  PARLEY_SECRET: z.string().min(32, { error: 'at least 32 characters' }).optional(),
  PARLEY_ADMIN_EMAIL: z.email({ error: 'an e-mail address' }).default('owner@example.com'),
  PARLEY_ADMIN_PASSWORD: z
    .string()
    .min(8, { error: 'at least 8 characters' })
    .max(128, { error: 'at most 128 characters' })
    .optional(),
  PARLEY_API_KEY: z
    .string()
    .min(24, { error: 'at least 24 characters' })
    .max(200, { error: 'at most 200 characters' })
    .optional(),
  PARLEY_DEMO: z.enum(['0', '1'], { error: '0 or 1' }).optional(),
  TRUST_PROXY: z.enum(['0', '1'], { error: '0 or 1' }).default('0'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'one of trace, debug, info, warn, error, fatal, silent',
    })
    .default('info'),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: httpUrl('an http or https address, such as http://localhost:11434/v1').optional(),
  ANTHROPIC_API_KEY: z.string().optional(),
  GOOGLE_API_KEY: z.string().optional(),
  ANSWER_MODEL: z.string().optional(),
  FAST_MODEL: z.string().optional(),
  EMBEDDING_MODEL: z.string().optional(),
  RERANK_URL: httpUrl('an http or https address, such as http://localhost:8080/rerank')
    .refine((url) => new URL(url).pathname !== '/', {
      error: 'the whole address of the endpoint, such as http://localhost:8080/rerank',
    })
    .optional(),
  RERANK_MODEL: z.string().optional(),
  RERANK_API_KEY: z.string().optional(),
  ANSWER_TIMEOUT_SECONDS: seconds(60),
  LEASE_SECONDS: seconds(15),
  AGENT_GRACE_SECONDS: seconds(30),
  SWEEP_SECONDS: seconds(2),
  TURN_CONCURRENCY: z.coerce
    .number({ error: 'a whole number' })
    .int({ error: 'a whole number' })
    .min(1, { error: 'at least 1' })
    .default(100),
});
type Environment = z.infer<typeof environment>;

/** `/models/minilm`, `./minilm` and `C:\minilm` are folders. */
export const isFolder = (model: string): boolean => /^(\.{0,2}\/|\.{1,2}$|[a-z]:[\\/])/i.test(model);
const hubId = /^[\w.-]+(\/[\w.-]+)?$/;

const providers = ['builtin', 'openai', 'anthropic', 'google'] as const;
const keyFor = {
  openai: 'OPENAI_API_KEY (or OPENAI_BASE_URL)',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GOOGLE_API_KEY',
} as const;

function fail(name: string, got: string, wants: string): never {
  throw new ConfigError(`${name} is ${JSON.stringify(got)}; it wants ${wants}.`);
}

function available(env: Environment) {
  return {
    builtin: true,
    openai: env.OPENAI_API_KEY !== undefined || env.OPENAI_BASE_URL !== undefined,
    anthropic: env.ANTHROPIC_API_KEY !== undefined,
    google: env.GOOGLE_API_KEY !== undefined,
  };
}

function parseModel(name: string, value: string, builtin: string, env: Environment): ModelRef {
  const [head, ...rest] = value.trim().split(':');
  const provider = providers.find((known) => known === head);
  const model = rest.join(':');
  if (!provider || model === '') fail(name, value, `provider:model, such as openai:gpt-5 or builtin:${builtin}`);
  if (provider === 'builtin') {
    if (model !== builtin) fail(name, value, `builtin:${builtin}, the only built-in one`);
  } else if (!available(env)[provider]) {
    fail(name, value, `${keyFor[provider]} to be set as well`);
  }
  return { provider, model };
}

const parseModels = (name: string, value: string, env: Environment) =>
  value.split(',').map((part) => parseModel(name, part, 'extractive', env));

function defaultModels(env: Environment): { answer: string; fast: string; embedding: string } {
  const has = available(env);
  const embedding = env.OPENAI_API_KEY !== undefined ? 'openai:text-embedding-3-small' : 'builtin:use-lite';
  if (has.openai) return { answer: 'openai:gpt-5', fast: 'openai:gpt-5-mini', embedding };
  if (has.anthropic) return { answer: 'anthropic:claude-sonnet-4-5', fast: 'anthropic:claude-haiku-4-5', embedding };
  if (has.google) return { answer: 'google:gemini-2.5-pro', fast: 'google:gemini-2.5-flash', embedding };
  return { answer: 'builtin:extractive', fast: 'builtin:extractive', embedding };
}

const embeddingWants = 'builtin:use-lite, openai:<model> or local:<model>';
const localWants =
  'local:<model> with an id of the Hugging Face hub, such as local:Xenova/all-MiniLM-L6-v2, or a folder, such as local:/models/minilm';

function parseEmbedding(env: Environment, fallback: string): EmbeddingRef {
  const value = env.EMBEDDING_MODEL ?? fallback;
  const [provider, ...rest] = value.trim().split(':');
  const model = rest.join(':');
  switch (provider) {
    case 'local':
      if (!isFolder(model) && !hubId.test(model)) fail('EMBEDDING_MODEL', value, localWants);
      return { provider, model };
    case 'builtin':
    case 'openai':
      return { provider, model: parseModel('EMBEDDING_MODEL', value, 'use-lite', env).model };
    default:
      return fail('EMBEDDING_MODEL', value, embeddingWants);
  }
}

function parseRerank(env: Environment): Config['rerank'] {
  const { RERANK_URL: url, RERANK_MODEL: model, RERANK_API_KEY: apiKey } = env;
  if (url !== undefined) return { url, model, apiKey };
  if (model !== undefined) fail('RERANK_MODEL', model, 'RERANK_URL to be set as well');
  if (apiKey !== undefined) fail('RERANK_API_KEY', '…', 'RERANK_URL to be set as well');
  return undefined;
}

/** Pure: the same environment gives the same configuration. An empty variable counts as not set. Throws ConfigError. */
export function parseConfig(variables: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0]);
    fail(
      name,
      name.includes('PASSWORD') || name.includes('KEY') || name.includes('SECRET') ? '…' : (given[name] ?? ''),
      issue?.message ?? 'another value',
    );
  }
  const env = parsed.data;
  const defaults = defaultModels(env);
  return {
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL ?? `http://${env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST}:${env.PORT}`,
    dataDir: env.DATA_DIR,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    secret: env.PARLEY_SECRET,
    admin: { email: env.PARLEY_ADMIN_EMAIL, password: env.PARLEY_ADMIN_PASSWORD },
    apiKey: env.PARLEY_API_KEY,
    demo: (env.PARLEY_DEMO ?? (env.DATABASE_URL === undefined ? '1' : '0')) === '1',
    trustProxy: env.TRUST_PROXY === '1',
    logLevel: env.LOG_LEVEL,
    models: {
      openai: { apiKey: env.OPENAI_API_KEY, baseUrl: env.OPENAI_BASE_URL },
      anthropicApiKey: env.ANTHROPIC_API_KEY,
      googleApiKey: env.GOOGLE_API_KEY,
      answer: parseModels('ANSWER_MODEL', env.ANSWER_MODEL ?? defaults.answer, env),
      fast: parseModels('FAST_MODEL', env.FAST_MODEL ?? defaults.fast, env),
      embedding: parseEmbedding(env, defaults.embedding),
    },
    rerank: parseRerank(env),
    answerDeadlineMs: env.ANSWER_TIMEOUT_SECONDS * 1000,
    leaseMs: env.LEASE_SECONDS * 1000,
    agentGraceMs: env.AGENT_GRACE_SECONDS * 1000,
    sweepIntervalMs: env.SWEEP_SECONDS * 1000,
    turnConcurrency: env.TURN_CONCURRENCY,
  };
}
