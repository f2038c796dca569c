import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const ids = z.array(z.string());

/** A question as it was asked, and what came of it. `confidence` of plain BM25 is its best score. */
export const askedQuestion = z.object({
  id: z.string(),
  question: z.string(),
  gold: ids,
  ranked: ids,
  /** Of the first result. */
  score: z.number(),
  confidence: z.number(),
  plain: z.object({ ranked: ids, confidence: z.number() }),
  ms: z.number(),
});
export type AskedQuestion = z.infer<typeof askedQuestion>;

const evaluatedSet = z.object({
  name: z.string(),
  documents: z.number(),
  chunks: z.number(),
  indexingSeconds: z.number(),
  questions: z.array(askedQuestion),
});
export type EvaluatedSet = z.infer<typeof evaluatedSet>;

/** What `eval:retrieval --json` writes and `eval:compare` reads. */
const evaluation = z.object({ finishedAt: z.string(), typos: z.boolean(), sets: z.array(evaluatedSet) });
export type Evaluation = z.infer<typeof evaluation>;

export const writeEvaluation = (path: string, of: Evaluation) => writeFile(path, `${JSON.stringify(of)}\n`);

export async function readEvaluation(path: string): Promise<Evaluation> {
  const parsed = evaluation.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!parsed.success) throw new Error(`${path} is not a file that eval:retrieval --json wrote.`);
  return parsed.data;
}
