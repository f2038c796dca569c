import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Document } from '../../protocol/knowledge.ts';
import { createRestClient } from '../support/rest-client.ts';
import { defaultReply, type ScriptedOpenai, startScriptedOpenai } from '../support/scripted-openai.ts';
import { apiKey, freePort } from '../support/start-parley.ts';
import { until } from '../support/until.ts';
import { WidgetClient } from '../support/widget-client.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `npm start` in one process on the embedded services, killed and started again. */
describe('the one process on embedded services', () => {
  let dataDir: string;
  let model: ScriptedOpenai;
  let env: Record<string, string>;
  let child: ChildProcess;
  let output = '';
  let url: string;

  const launch = (extra: Record<string, string> = {}) => {
    const { DATABASE_URL: _d, REDIS_URL: _r, ...inherited } = process.env;
    const started = spawn(process.execPath, ['--import', 'tsx', 'parley.ts'], {
      cwd: root,
      env: { ...inherited, ...env, ...extra },
    });
    started.stdout.on('data', (text: Buffer) => {
      output += text;
    });
    started.stderr.on('data', (text: Buffer) => {
      output += text;
    });
    return started;
  };
  const ended = (process: ChildProcess) =>
    new Promise<number | null>((resolve) =>
      process.exitCode === null && process.signalCode === null
        ? process.once('exit', resolve)
        : resolve(process.exitCode),
    );
  const start = async () => {
    child = launch();
    await until(
      'it is ready',
      () =>
        fetch(`${url}/readyz`).then(
          (response) => response.ok,
          () => false,
        ),
      90_000,
      100,
    );
  };
  const kill = async () => {
    child.kill('SIGKILL');
    await ended(child);
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'parley-embedded-'));
    const pace = { firstTokenMs: 100, intervalMs: 80 };
    model = await startScriptedOpenai({ reply: (request) => ({ ...defaultReply(request), ...pace }) as never });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    env = {
      PORT: String(port),
      DATA_DIR: dataDir,
      PARLEY_API_KEY: apiKey,
      LEASE_SECONDS: '3',
      SWEEP_SECONDS: '0.5',
      OPENAI_BASE_URL: model.baseUrl,
      OPENAI_API_KEY: 'scripted',
      ANSWER_MODEL: 'openai:scripted',
      EMBEDDING_MODEL: 'openai:scripted',
      LOG_LEVEL: 'error',
    };
    await start();
  }, 240_000);
  afterAll(async () => {
    child?.kill('SIGKILL');
    await model?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const inboxKey = async () =>
    (await createRestClient(url).get<{ data: { key: string }[] }>('/inboxes')).body.data[0]?.key ?? '';

  it('shows the way in, and keeps its folder to itself', async () => {
    await until('the greeting', () => output.includes('/console'));
    expect(output).toContain('/demo');
    expect(output).toMatch(/owner@example\.com {2}\S{12,}/);
    expect((await stat(dataDir)).mode & 0o077).toBe(0);
    expect((await stat(join(dataDir, 'secret'))).mode & 0o777).toBe(0o600);
  });

  it('refuses a data folder in use, and names who holds it', async () => {
    const second = launch({ PORT: String(await freePort()) });
    let said = '';
    second.stderr?.on('data', (text: Buffer) => {
      said += text;
    });
    expect(await ended(second)).toBe(1);
    expect(said).toContain(`process ${child.pid}`);
  }, 30_000);

  it('killed while indexing and while tokens stream: nothing acknowledged is lost, and the answer comes', async () => {
    const client = await WidgetClient.open(url, await inboxKey());
    const indexed = async () => {
      const { body } = await createRestClient(url).get<{ data: Document[] }>('/documents?limit=100');
      return body.data.length > 0 && body.data.every((document) => document.index.state === 'done');
    };
    await client.send('How long does delivery to Germany take?');
    await kill();
    await start();
    await until('every article is indexed', indexed, 60_000, 200);
    await client.waitFor('an outcome', (message) => message.author.kind === 'assistant', 30_000);

    const { message } = await client.send('How many days do I have to return an item?');
    await until('the first piece', () => client.deltas.some((delta) => delta.conversationId === client.conversationId));
    await kill();
    await start();
    const reply = await client.waitFor(
      'the answer',
      (each) => each.author.kind === 'assistant' && each.seq > message.seq,
      40_000,
    );
    expect(reply.citations.length).toBeGreaterThan(0);
    const synced = await client.sync();
    expect(synced?.messages.map((each) => each.seq)).toEqual(synced?.messages.map((_, at) => at + 1));
    expect(synced?.messages.filter((each) => each.author.kind === 'customer')).toHaveLength(2);
    client.close();
  }, 240_000);

  it('asked to stop ends cleanly, and finds everything as it was', async () => {
    const rest = createRestClient(url);
    const before = await rest.get<{ data: { id: string }[] }>('/conversations');
    const key = await inboxKey();
    // as browsers do: connected ahead, nothing asked yet
    const ahead = connect(Number(new URL(url).port), '127.0.0.1');
    await new Promise((resolve) => ahead.once('connect', resolve));
    ahead.on('error', () => undefined);
    child.kill('SIGINT');
    expect(await ended(child)).toBe(0);
    await start();
    const after = await rest.get<{ data: { id: string }[] }>('/conversations');
    expect(after.body.data.map((each) => each.id)).toEqual(before.body.data.map((each) => each.id));
    expect(await inboxKey()).toBe(key);
  }, 120_000);
});
