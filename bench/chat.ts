import { writeFile } from 'node:fs/promises';
import { createRestClient } from '../test/support/rest-client.ts';
import { until } from '../test/support/until.ts';
import { WidgetClient } from '../test/support/widget-client.ts';
import { readOptions } from './options.ts';
import { quantile, readUsages } from './process-usage.ts';
import { spawnProgram } from './spawn-process.ts';
import { startTarget, type Target } from './start-target.ts';

/**
 * Closed-loop customers over the real widget sockets, against a scripted OpenAI-compatible model (first token after 100 ms, then
 * 60 tokens, 10 ms each) that embeds as well. Each customer asks, waits for the whole answer, and asks again.
 *
 *   npm run bench:chat -- [--sessions 1,10,50,200] [--seconds 15] [--json FILE]
 *
 * On DATABASE_URL and REDIS_URL: a server and a worker process, in a database made for the run. Without them: `npm start`'s one
 * process with the embedded services, whose work then counts too.
 */
const { values } = readOptions({
  options: {
    sessions: { type: 'string', default: '1,10,50,200' },
    seconds: { type: 'string', default: '15' },
    json: { type: 'string' },
  },
});
const modelFirstTokenMs = 100;

const questions = [
  'How long does delivery to Germany take?',
  'How many days do I have to return an item?',
  'What does it cost to resole hiking boots?',
  'How do I reset my password?',
  'When does the Leipzig store close on Saturday?',
  'Can I pay with PayPal?',
  'How do I wash my rain jacket?',
  'How long does a refund take to reach my card?',
  'Do you match the price of another shop?',
  'How do I order an invoice with VAT?',
];

/** Waits for the demo shop's articles, which the process brings itself. Resolves with the inbox's key when all are indexed. */
async function findInbox(url: string): Promise<string> {
  const rest = createRestClient(url);
  await until(
    'the articles are indexed',
    async () => {
      const { body } = await rest.get<{ data: { index: { state: string } }[] }>('/documents?limit=100');
      return body.data.length > 0 && body.data.every((document) => document.index.state === 'done');
    },
    120_000,
  );
  const { body } = await rest.get<{ data: { key: string }[] }>('/inboxes');
  return body.data[0]?.key ?? '';
}

type Asked = { firstTokenMs: number; totalMs: number };

/** One question and its whole answer; `undefined` when the assistant could not answer, which does not count. */
async function askOnce(client: WidgetClient, question: string): Promise<Asked | undefined> {
  const started = performance.now();
  const before = client.deltas.length;
  const sent = await client.send(question);
  const [firstAt, answer] = await Promise.all([
    new Promise<number>((resolve) => {
      const look = () => {
        if (client.deltas.length <= before) return;
        client.socket.off('message:delta', look);
        resolve(performance.now());
      };
      client.socket.on('message:delta', look);
      look();
    }),
    new Promise<boolean>((resolve) => {
      const look = ({ message }: { message: { seq: number; citations: unknown[] } }) => {
        if (message.seq <= sent.message.seq) return;
        client.socket.off('message:completed', look);
        resolve(message.citations.length > 0);
      };
      client.socket.on('message:completed', look);
    }),
  ]);
  return answer ? { firstTokenMs: firstAt - started, totalMs: performance.now() - started } : undefined;
}

async function runLevel(target: Target, inboxKey: string, sessions: number, seconds: number) {
  const clients = await Promise.all(Array.from({ length: sessions }, () => WidgetClient.open(target.url, inboxKey)));
  const asked: Asked[] = [];
  let unanswered = 0;
  let counting = false;
  let over = false;
  const loops = clients.map(async (client, at) => {
    for (let round = at; !over; round++) {
      const one = await askOnce(client, questions[round % questions.length] ?? '');
      if (!counting) continue;
      if (one) asked.push(one);
      else unanswered += 1;
      // a customer starts a new conversation after a few questions
      if (round % 5 === 4) client.conversationId = undefined;
    }
  });
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await pause(2_500);
  const before = await readUsages(target.pids);
  const startedAt = performance.now();
  counting = true;
  await pause(seconds * 1000);
  counting = false;
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  const after = await readUsages(target.pids);
  over = true;
  await Promise.race([Promise.all(loops), pause(20_000)]);
  for (const client of clients) client.close();
  return {
    sessions,
    answers: asked.length,
    unanswered,
    answersPerSecond: asked.length / elapsedSeconds,
    firstTokenP50Ms: quantile(
      asked.map((each) => each.firstTokenMs),
      0.5,
    ),
    firstTokenP95Ms: quantile(
      asked.map((each) => each.firstTokenMs),
      0.95,
    ),
    totalP50Ms: quantile(
      asked.map((each) => each.totalMs),
      0.5,
    ),
    cpuMsPerAnswer: (after.cpuMs - before.cpuMs) / Math.max(1, asked.length),
    memoryMb: after.rssMb,
  };
}

const model = spawnProgram(
  'bench/scripted-openai.ts',
  ['--ttft', String(modelFirstTokenMs), '--tokens', '60', '--interval', '10'],
  {},
);
const target = await startTarget({ modelUrl: await model.firstLine, demo: true });
try {
  const inboxKey = await findInbox(target.url);
  console.log(
    `${process.env.DATABASE_URL ? 'real services, one server and one worker process' : 'embedded services, one process'}; the model's own first token comes after ${modelFirstTokenMs} ms\n`,
  );
  console.log(
    '| sessions | answers/s | first token p50 | p95 | whole answer p50 | CPU ms per answer | memory | without answer |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  const results = [];
  for (const sessions of values.sessions.split(',').map(Number)) {
    const level = await runLevel(target, inboxKey, sessions, Number(values.seconds));
    results.push(level);
    console.log(
      `| ${level.sessions} | ${level.answersPerSecond.toFixed(1)} | ${level.firstTokenP50Ms.toFixed(0)} ms | ${level.firstTokenP95Ms.toFixed(0)} ms | ${level.totalP50Ms.toFixed(0)} ms | ${level.cpuMsPerAnswer.toFixed(1)} | ${level.memoryMb.toFixed(0)} MB | ${level.unanswered} |`,
    );
  }
  if (values.json) await writeFile(values.json, JSON.stringify(results, null, 2));
} finally {
  await target.stop();
  await model.stop();
}
