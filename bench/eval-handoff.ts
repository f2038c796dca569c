import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { wantsHuman } from '../server/answering/wants-human.ts';

/* node --import tsx bench/eval-handoff.ts --data DIR: how well a request for a human is heard (NLU++), and what is taken for one. */

const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (!values.data) throw new Error('Say where the data is: --data DIR');
const row = z.object({ text: z.string(), handoff: z.boolean() });
const lines = (await readFile(join(values.data, 'nlupp_handoff.jsonl'), 'utf8')).trim().split('\n');
const judged = lines
  .map((line) => row.parse(JSON.parse(line)))
  .map((said) => ({ ...said, heard: wantsHuman(said.text) }));

const hit = judged.filter(({ heard, handoff }) => heard && handoff).length;
const wrong = judged.filter(({ heard, handoff }) => heard !== handoff);
for (const { text, heard } of wrong) console.log(heard ? 'taken for one:' : 'not heard:', text);
console.log(
  `${judged.length} utterances, ${hit} heard, ${wrong.length} wrong, F1 ${((2 * hit) / (2 * hit + wrong.length)).toFixed(3)}`,
);
