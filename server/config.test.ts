import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from './config.ts';

describe('the configuration', () => {
  it('runs with nothing set: embedded, extractive, demo', () => {
    const config = parseConfig({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://127.0.0.1:3000',
      dataDir: './.parley',
      demo: true,
    });
    expect(config.models.answer).toEqual([{ provider: 'builtin', model: 'extractive' }]);
    expect(config.models.embedding).toEqual({ provider: 'builtin', model: 'use-lite' });
  });

  it('makes no demo on a real database unless asked to', () => {
    const real = { DATABASE_URL: 'postgres://a@b/c', REDIS_URL: 'redis://b' };
    expect(parseConfig(real).demo).toBe(false);
    expect(parseConfig({ ...real, PARLEY_DEMO: '1' }).demo).toBe(true);
  });

  it('answers with the provider that has a key, and embeds with it where it can', () => {
    const { models } = parseConfig({ OPENAI_API_KEY: 'sk-x' });
    expect(models.answer[0]?.provider).toBe('openai');
    expect(models.embedding.provider).toBe('openai');
    expect(parseConfig({ ANTHROPIC_API_KEY: 'x' }).models.answer[0]?.provider).toBe('anthropic');
    expect(parseConfig({ OPENAI_BASE_URL: 'http://localhost:1/v1' }).models.embedding.provider).toBe('builtin');
  });

  it('tries several models in the order given', () => {
    const { models } = parseConfig({
      OPENAI_API_KEY: 'x',
      ANSWER_MODEL: 'openai:gpt-5, openai:ft:custom:1,builtin:extractive',
    });
    expect(models.answer).toEqual([
      { provider: 'openai', model: 'gpt-5' },
      { provider: 'openai', model: 'ft:custom:1' },
      { provider: 'builtin', model: 'extractive' },
    ]);
  });

  it.each([
    ['PORT', 'abc', 'a port from 0 to 65535'],
    ['PORT', '70000', 'a port from 0 to 65535'],
    ['DATABASE_URL', 'mysql://x', 'postgres://'],
    ['REDIS_URL', 'localhost', 'redis://'],
    ['PUBLIC_URL', 'ftp://x', 'http or https'],
    ['PARLEY_DEMO', 'yes', '0 or 1'],
    ['ANSWER_MODEL', 'gpt-5', 'provider:model'],
    ['ANSWER_MODEL', 'openai:gpt-5', 'OPENAI_API_KEY'],
    ['EMBEDDING_MODEL', 'builtin:other', 'builtin:use-lite'],
    ['EMBEDDING_MODEL', 'minilm', 'local:<model>'],
    ['EMBEDDING_MODEL', 'local:', 'such as local:/models/minilm'],
    ['EMBEDDING_MODEL', 'local:a/b/c', 'local:Xenova/all-MiniLM-L6-v2'],
    ['EMBEDDING_MODEL', 'anthropic:claude', 'builtin:use-lite, openai:<model> or local:<model>'],
    ['ANSWER_MODEL', 'local:Xenova/all-MiniLM-L6-v2', 'provider:model'],
    ['RERANK_URL', 'localhost:8080', 'http or https'],
    ['RERANK_URL', 'http://localhost:8080', 'the whole address'],
    ['RERANK_MODEL', 'rerank-1', 'RERANK_URL'],
    ['ANSWER_TIMEOUT_SECONDS', '-1', 'seconds'],
  ])('stops at %s=%s and says what it wants', (name, value, wants) => {
    expect(() => parseConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => parseConfig({ [name]: value })).toThrow(name);
    expect(() => parseConfig({ [name]: value })).toThrow(wants);
  });

  it.each(['Xenova/all-MiniLM-L6-v2', 'minilm', '/models/minilm', './minilm', '../minilm', 'C:\\models\\minilm'])(
    'takes local:%s as an embedding model',
    (model) => {
      const { embedding } = parseConfig({ EMBEDDING_MODEL: `local:${model}` }).models;
      expect(embedding).toEqual({ provider: 'local', model });
    },
  );

  it('never repeats a secret in its complaint', () => {
    expect(() => parseConfig({ PARLEY_ADMIN_PASSWORD: 'hunter2' })).toThrow(/^PARLEY_ADMIN_PASSWORD is "…"/);
    expect(() => parseConfig({ PARLEY_API_KEY: 'short' })).toThrow(/^PARLEY_API_KEY is "…"/);
    expect(() => parseConfig({ RERANK_API_KEY: 'secret' })).toThrow(/^RERANK_API_KEY is "…"/);
  });
});
