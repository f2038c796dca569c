import { parseConfig } from '../server/config.ts';
import { createEncoder } from '../server/knowledge/create-encoder.ts';
import { readOptions } from './options.ts';

/*
 * How fast an encoder is, as Parley uses it: `npm run bench:encoder`, with the encoder of EMBEDDING_MODEL. The CPU time is the whole
 * process's, thread included, so it does not depend on what else the machine does at the time, beyond sharing its caches.
 */

const { values } = readOptions({ options: { seconds: { type: 'string', default: '5' } } });
const encoder = createEncoder(parseConfig(process.env));
const topics = 'order parcel refund invoice password account delivery address discount warranty size colour'.split(' ');
const topic = (index: number) => topics[index % topics.length] ?? '';
const short = (index: number) => `How do I change the ${topic(index)} of my ${topic(index * 5 + 3)}?`;
/** 321 tokens of the built-in encoder. */
const passage = (index: number) =>
  Array.from({ length: 34 }, (_, at) => `You can ask for a new ${topic(index + at)} here.`).join(' ');

const memory = () => `${Math.round(process.memoryUsage.rss() / 1e6)} MB`;
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function measure(name: string, texts: (round: number) => string[]): Promise<void> {
  await encoder.embed(texts(0), 'passage');
  const began = performance.now();
  const cpuBefore = cpuSeconds();
  let count = 0;
  for (let round = 1; performance.now() - began < Number(values.seconds) * 1000; round += 1) {
    count += (await encoder.embed(texts(round), 'passage')).length;
  }
  const elapsed = (performance.now() - began) / 1000;
  const rates = { 'per second': count / elapsed, 'per CPU second': count / (cpuSeconds() - cpuBefore) };
  const figures = Object.entries(rates).map(([unit, rate]) => `${rate.toFixed(1)} ${unit}`);
  console.log(`${name.padEnd(32)} ${figures.join(', ')}, ${memory()}`);
}

const before = memory();
const began = performance.now();
await encoder.embed([short(0)], 'question');
console.log(`${encoder.space.provider}:${encoder.space.model}, ${encoder.space.dimensions} dimensions`);
console.log(`first vector after ${Math.round(performance.now() - began)} ms, memory from ${before} to ${memory()}`);
await measure('short texts, one by one', (round) => [short(round)]);
await measure('short texts, 16 at once', (round) => Array.from({ length: 16 }, (_, at) => short(round * 16 + at)));
await measure('passages of 320 tokens, 4 at once', (round) =>
  Array.from({ length: 4 }, (_, at) => passage(round + at)),
);
await encoder.close();
