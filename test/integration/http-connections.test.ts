import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startParley, type TestParley } from '../support/start-parley.ts';
import { until } from '../support/until.ts';

let parley: TestParley;
let isStopped = false;
const sockets: Socket[] = [];
beforeAll(async () => {
  parley = await startParley();
}, 60_000);
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  if (!isStopped) await parley.stop();
});

/** A connection as the server sees one: what came over it, and whether it was closed. */
async function openConnection() {
  const { port } = new URL(parley.url);
  const socket = connect(Number(port), '127.0.0.1');
  sockets.push(socket);
  const seen = { received: '', isClosed: false };
  socket.on('data', (data) => {
    seen.received += data;
  });
  socket.on('close', () => {
    seen.isClosed = true;
  });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return { seen, write: (text: string) => void socket.write(text) };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
const countAnswers = (received: string) => received.match(/HTTP\/1\.1 /g)?.length ?? 0;

test('a connection is kept for longer than proxies keep theirs, and says so', async () => {
  const { seen, write } = await openConnection();
  write(get('/healthz'));
  await until('it is answered', () => countAnswers(seen.received) === 1);
  expect(seen.received).toMatch(/^Keep-Alive: timeout=72\r$/m);
  write(get('/healthz'));
  await until('it is answered again', () => countAnswers(seen.received) === 2);
});

test('a stop closes idle connections at once, and tells those that are still answered that it was the last time', async () => {
  const idle = await openConnection();
  idle.write(get('/healthz'));
  const busy = await openConnection();
  busy.write(get('/healthz'));
  await until('both are answered', () => countAnswers(idle.seen.received) + countAnswers(busy.seen.received) === 2);
  const body = JSON.stringify({ inboxKey: 'ib_unknown' });
  const head = `POST /api/v1/widget/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  busy.write(head + body.slice(0, 5));
  // the server has begun with it when it has answered another one that came later
  const later = await openConnection();
  later.write(get('/healthz'));
  await until('a later one is answered', () => countAnswers(later.seen.received) === 1);
  const began = performance.now();
  isStopped = true;
  const stopped = parley.stop();
  await until('the idle one is closed', () => idle.seen.isClosed);
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(busy.seen.isClosed).toBe(false);
  busy.write(body.slice(5));
  await until('the busy one is closed', () => busy.seen.isClosed);
  const answers = busy.seen.received.split(/(?=HTTP\/1\.1 )/);
  expect(answers[0]).toMatch(/^Connection: keep-alive\r$/m);
  expect(answers[1]).toMatch(/^HTTP\/1\.1 404 /);
  expect(answers[1]).toMatch(/^Connection: close\r$/m);
  await stopped;
});
