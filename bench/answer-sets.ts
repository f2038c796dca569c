import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { loadDemoArticles } from '../server/demo/articles.ts';
import type { EvalDocument } from './retrieval-sets.ts';
import { evalSets } from './retrieval-sets.ts';

/** What a right answer is: a phrase the quote must hold, or an answer by people and the articles it came from. Neither: nothing answers it. */
export type AnswerQuestion = {
  question: string;
  /** What the customer asked before, oldest first. */
  earlier: string[];
  anyOf: string[];
  answer: string | undefined;
  gold: string[];
};
export type AnswerGroup = { name: string; questions: AnswerQuestion[] };
export type AnswerSet = { name: string; documents: EvalDocument[]; groups: AnswerGroup[] };

const demoQuestions = z.array(
  z.strictObject({
    question: z.string(),
    earlier: z.array(z.string()).default([]),
    anyOf: z.array(z.string()),
    apart: z.boolean(),
  }),
);
const answered = z.object({ question: z.string(), answer: z.string().catch('') });
const clincRow = z.object({ text: z.string() });

async function readLines<Row extends z.ZodType>(path: string, row: Row): Promise<z.output<Row>[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => row.parse(JSON.parse(line)));
}

const nothing = { earlier: [], anyOf: [], answer: undefined, gold: [] };

/** Questions to an assistant of quite another kind: every tenth, which takes some of each intent. */
async function foreign(folder: string): Promise<AnswerGroup> {
  const rows = await readLines(join(folder, 'clinc_val.jsonl'), clincRow);
  const questions = rows.filter((_, index) => index % 10 === 0).map(({ text }) => ({ question: text, ...nothing }));
  return { name: 'foreign (CLINC)', questions };
}

/** The demo shop's articles with questions written for them; `apart` ones were not looked at while the quoting was made. */
export async function demoSet(folder: string | undefined): Promise<AnswerSet> {
  const articles = (await loadDemoArticles()).filter(({ audience }) => audience === 'public');
  const file = new URL('./data/demo-questions.json', import.meta.url);
  const rows = demoQuestions.parse(JSON.parse(await readFile(file, 'utf8')));
  for (const phrase of rows.flatMap(({ anyOf }) => anyOf)) {
    if (!articles.some(({ body }) => body.includes(phrase)))
      throw new Error(`No article of the demo says "${phrase}".`);
  }
  const pick = (name: string, apart: boolean, answerable: boolean): AnswerGroup => ({
    name,
    questions: rows
      .filter((row) => row.apart === apart && row.anyOf.length > 0 === answerable)
      .map(({ question, earlier, anyOf }) => ({ ...nothing, question, earlier, anyOf })),
  });
  return {
    name: 'demo',
    documents: articles.map(({ externalId, title, body }) => ({ id: externalId, title, body })),
    groups: [
      pick('answerable', false, true),
      pick('answerable, apart', true, true),
      pick('unanswerable', false, false),
      pick('unanswerable, apart', true, false),
      ...(folder ? [await foreign(folder)] : []),
    ],
  };
}

/** WixQA or TechQA, with the answers that people wrote. */
export async function answerSet(name: 'wixqa' | 'techqa', folder: string): Promise<AnswerSet> {
  const [set] = (await evalSets[name]?.(folder)) ?? [];
  if (!set) throw new Error(`No such set: ${name}`);
  const answers = await readLines(join(folder, `${name}_q.jsonl`), answered);
  const questions = set.questions.map(({ question, gold }, index) => ({
    question,
    earlier: [],
    anyOf: [],
    answer: gold.length > 0 ? answers[index]?.answer : undefined,
    gold,
  }));
  const unanswerable = questions.filter(({ gold }) => gold.length === 0);
  return {
    name,
    documents: set.documents,
    groups: [
      { name: 'answerable', questions: questions.filter(({ gold }) => gold.length > 0) },
      ...(unanswerable.length > 0 ? [{ name: 'unanswerable', questions: unanswerable }] : []),
      await foreign(folder),
    ],
  };
}
