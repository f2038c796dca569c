import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { wantsHuman } from '../server/answering/wants-human.ts';
import { readOptions, requireFolder } from './options.ts';

/* node --import tsx bench/eval-handoff.ts --data DIR: how well a request for a human is heard (NLU++), and what is taken for one. */

const { values } = readOptions({ options: { data: { type: 'string' } } });
const folder = requireFolder(values.data);
const row = z.object({ text: z.string(), handoff: z.boolean() });
const lines = (await readFile(join(folder, 'nlupp_handoff.jsonl'), 'utf8')).trim().split('\n');
const judged = lines
  .map((line) => row.parse(JSON.parse(line)))
  .map((said) => ({ ...said, heard: wantsHuman(said.text) }));

const hit = judged.filter(({ heard, handoff }) => heard && handoff).length;
const wrong = judged.filter(({ heard, handoff }) => heard !== handoff);
for (const { text, heard } of wrong) console.log(heard ? 'taken for one:' : 'not heard:', text);
console.log(
  `${judged.length} utterances, ${hit} heard, ${wrong.length} wrong, F1 ${((2 * hit) / (2 * hit + wrong.length)).toFixed(3)}`,
);
