import { startScriptedOpenai } from '../test/support/scripted-openai.ts';
import { quoteOfLength } from '../test/support/scripted-reply.ts';
import { readOptions } from './options.ts';

/**
 * The scripted model in a process of its own, for benchmarks: every chat answer is `--tokens` pieces of the first source in the
 * prompt, the first after `--ttft` ms and then one every `--interval` ms. Prints its address and runs until it is told to stop.
 */
const { values } = readOptions({
  options: {
    port: { type: 'string', default: '0' },
    ttft: { type: 'string', default: '100' },
    tokens: { type: 'string', default: '60' },
    interval: { type: 'string', default: '10' },
  },
});

const tokens = Number(values.tokens);
const pace = { firstTokenMs: Number(values.ttft), intervalMs: Number(values.interval) };

const model = await startScriptedOpenai({
  port: Number(values.port),
  record: false,
  reply: (request) => {
    const prompt = request.messages.at(-1)?.content ?? '';
    const text = quoteOfLength(prompt, tokens) ?? 'word '.repeat(tokens);
    return { kind: 'text', text, tokens, ...pace };
  },
});
process.stdout.write(`${model.baseUrl}\n`);

const stop = () => {
  model.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
