import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { HistoryEntry } from '../protocol/knowledge.ts';

export type EvalDocument = { id: string; title: string; body: string };
/** `gold` is empty for a question that the documents do not answer. Ids are unique within a set. */
export type EvalQuestion = { id: string; question: string; history: HistoryEntry[]; gold: string[] };
export type EvalSet = {
  name: string;
  documents: EvalDocument[];
  questions: EvalQuestion[];
  /** Asks the questions of another set once more, in another way: to compare, not to fit to. */
  isVariant?: boolean;
};

async function readLines<Row extends z.ZodType>(path: string, row: Row): Promise<z.output<Row>[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => row.parse(JSON.parse(line)));
}

const ids = z.array(z.string());

async function wixqa(folder: string): Promise<EvalSet[]> {
  const documents = await readLines(
    join(folder, 'wixqa_docs.jsonl'),
    z.object({ id: z.string(), title: z.string(), text: z.string() }),
  );
  const questions = await readLines(
    join(folder, 'wixqa_q.jsonl'),
    z.object({ id: z.string(), question: z.string(), gold: ids }),
  );
  const set: EvalSet = {
    name: 'wixqa',
    documents: documents.map(({ id, title, text }) => ({ id, title, body: text })),
    questions: questions.map((row) => ({ ...row, history: [] })),
  };
  const outOfScope = await foreignQuestions(folder);
  if (outOfScope.length === 0) return [set];
  return [set, { ...set, name: 'wixqa/out_of_scope', questions: [...set.questions, ...outOfScope], isVariant: true }];
}

/** CLINC's out-of-scope questions, which no help centre answers; none where the file is missing. */
async function foreignQuestions(folder: string): Promise<EvalQuestion[]> {
  const path = join(folder, 'clinc_val.jsonl');
  if (!existsSync(path)) return [];
  const rows = await readLines(path, z.object({ text: z.string(), intent: z.string() }));
  return rows
    .filter(({ intent }) => intent === 'oos')
    .map(({ text }, index) => ({ id: `clinc-${index}`, question: text, history: [], gold: [] }));
}

async function techqa(folder: string): Promise<EvalSet> {
  const documents = await readLines(join(folder, 'techqa_docs.jsonl'), z.object({ id: z.string(), text: z.string() }));
  const questions = await readLines(
    join(folder, 'techqa_q.jsonl'),
    z.object({ id: z.string(), question: z.string(), gold: ids.catch([]), impossible: z.boolean() }),
  );
  return {
    name: 'techqa',
    documents: documents.map(({ id, text }) => {
      const title = /^Title:\s*(.+)/.exec(text)?.[1] ?? id;
      return { id, title, body: text.replace(/^Title:.*\n+(Text:)?/, '').trim() || title };
    }),
    questions: questions.map(({ id, question, gold, impossible }) => ({
      id,
      question,
      history: [],
      gold: impossible ? [] : gold,
    })),
  };
}

async function tauBanking(folder: string): Promise<EvalSet> {
  const documents = await readLines(
    join(folder, 'tau_banking_docs.jsonl'),
    z.object({ id: z.string(), title: z.string(), content: z.string() }),
  );
  const tasks = await readLines(
    join(folder, 'tau_banking_tasks.jsonl'),
    z.object({ id: z.string(), scenario: z.string(), gold_docs: ids }),
  );
  return {
    name: 'tau_banking',
    documents: documents.map(({ id, title, content }) => ({ id, title, body: content })),
    questions: tasks.map(({ id, scenario, gold_docs }) => ({ id, question: scenario, history: [], gold: gold_docs })),
  };
}

const turnStart = /^\|(user|assistant)\|: "?/;

/** `|user|: "…` lines, oldest first; the last one is the question. */
function readTurns(text: string): HistoryEntry[] {
  const turns: HistoryEntry[] = [];
  for (const line of text.split('\n')) {
    const start = turnStart.exec(line);
    const last = turns.at(-1);
    if (start) turns.push({ role: start[1] === 'user' ? 'customer' : 'assistant', body: line.slice(start[0].length) });
    else if (last) last.body += `\n${line}`;
  }
  return turns.map((turn) => ({ ...turn, body: turn.body.trim().replace(/"$/, '') }));
}

/** `lastturn`: the question alone; `questions`: with the conversation before it; `rewrite`: made to stand alone by people. */
async function mtrag(folder: string, variant: 'lastturn' | 'questions' | 'rewrite'): Promise<EvalSet> {
  const row = z.object({ _id: z.string(), text: z.string(), title: z.string().optional() });
  const documents = await readLines(join(folder, 'mtrag_govt', 'govt.pool.jsonl'), row);
  const questions = await readLines(join(folder, 'mtrag_govt', `govt.${variant}.jsonl`), row);
  const judgements = await readFile(join(folder, 'mtrag_govt', 'govt.qrels.tsv'), 'utf8');
  const gold = new Map<string, string[]>();
  for (const line of judgements.split('\n').slice(1)) {
    const [question, document, score] = line.split('\t');
    if (question && document && Number(score) > 0) gold.set(question, [...(gold.get(question) ?? []), document]);
  }
  return {
    name: `mtrag_govt/${variant}`,
    documents: documents.map(({ _id, title, text }) => ({ id: _id, title: title || _id, body: text })),
    questions: questions.map(({ _id, text }) => {
      const turns = readTurns(text);
      const last = turns.at(-1)?.body ?? text;
      const earlier = variant === 'questions' ? turns.slice(0, -1) : [];
      return { id: _id, question: last, history: earlier, gold: gold.get(_id) ?? [] };
    }),
    isVariant: variant === 'rewrite',
  };
}

export const evalSets: Record<string, (folder: string) => Promise<EvalSet[]>> = {
  wixqa,
  techqa: async (folder) => [await techqa(folder)],
  tau_banking: async (folder) => [await tauBanking(folder)],
  mtrag_govt: async (folder) =>
    Promise.all([mtrag(folder, 'lastturn'), mtrag(folder, 'questions'), mtrag(folder, 'rewrite')]),
};

/** A quarter of the long words misspelt, always the same ones: two neighbouring letters swapped, or one lost. */
export function misspell(text: string): string {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  return text.replace(/[A-Za-z]{5,}/g, (word) => {
    if (random() >= 0.25) return word;
    const at = 1 + Math.floor(random() * (word.length - 2));
    return random() < 0.5
      ? word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2)
      : word.slice(0, at) + word.slice(at + 1);
  });
}
