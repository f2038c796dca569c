import type { Deps } from '../deps.ts';
import { termWeights } from './bm25f.ts';
import { type SampleDocument, sampleDocuments, saveCalibration } from './calibration-queries.ts';
import { type Calibration, type Example, features, fitCalibration } from './confidence.ts';
import { isOf } from './encoder.ts';
import { findCandidates } from './find-candidates.ts';
import { type Corpus, findGround, type Ground } from './ground-queries.ts';
import { type Question, readQuestion } from './question.ts';
import type { ScoredDocument } from './search-queries.ts';
import { bytesToTerms } from './vector-bytes.ts';

type Slice = Pick<Deps, 'db' | 'encoder'>;

const sampleMax = 60;
const openingCharactersMax = 1_200;

/** Below, there is too little to fit to. */
export const calibratedDocumentsMin = 10;

const never = AbortSignal.any([]);

/** Fits the confidence anew, whether or not documents have changed; undefined where they are too few to be fitted to. */
export async function recalibrate(deps: Slice, workspaceId: string): Promise<Calibration | undefined> {
  const ground = await findGround(deps.db, workspaceId);
  return ground.corpus.documents < calibratedDocumentsMin ? undefined : calibrate(deps, workspaceId, ground, never);
}

/** Of other worlds than any company's help articles. */
const unrelated = [
  'What is the capital of Brazil?',
  'How many calories are in a banana?',
  'Who wrote the play Hamlet?',
  'Tell me a joke about cats',
  'What will the weather be like tomorrow?',
  'How do volcanoes form?',
  'Translate good morning into Italian',
  'Who won the football world cup in 1990?',
  'What is the square root of 144?',
  'Can you recommend a film for tonight?',
  'How old is the universe?',
  'What is the meaning of life?',
  'How do I cook rice without burning it?',
  'Why is the sky blue?',
  'Which planet is the largest?',
  'Play some jazz music',
  'When did the Roman Empire fall?',
  'How tall is Mount Everest?',
  'Flip a coin for me',
  'What do pandas eat?',
];

/**
 * Fits the confidence of searches without labels: a document's title is a question that its body answers (with the title taken
 * away from it), and that nothing answers once the document is taken away. Documents of the same title go with it: they would
 * answer too. Questions of other worlds, which nothing answers, keep the fit honest where documents resemble each other. `encoder` is
 * that of the ground's space. Throws when the signal aborts, and has written nothing then.
 */
export async function calibrate(
  { db, encoder }: Slice,
  workspaceId: string,
  ground: Ground,
  signal: AbortSignal,
): Promise<Calibration | undefined> {
  const { corpus, space } = ground;
  if (!space || !isOf(space, encoder.space)) return undefined;
  const find = (question: Question, vector: number[]) => {
    signal.throwIfAborted();
    return findCandidates(db, ground, {
      filter: { workspaceId, audiences: ['public', 'internal'] },
      question,
      vector,
    });
  };
  const sample = await sampleDocuments(db, workspaceId, sampleMax);
  const titles = await encoder.embed(
    sample.map((document) => document.title),
    'question',
    signal,
  );
  const bodies = await encoder.embed(sample.map(bodyOf), 'passage', signal);
  const examples: Example[] = [];
  for (const [index, document] of sample.entries()) {
    const question = await readQuestion(db, { workspaceId, query: document.title, history: [] }, corpus);
    const [title, body] = [titles[index], bodies[index]];
    if (!question || question.weights.size === 0 || !title || !body) continue;
    const { documents, lexical: all } = await find(question, title);
    const isTwin = ({ documentId }: ScoredDocument) => document.twins.includes(documentId);
    const lexical = without(
      all,
      documents.filter(isTwin).map((twin) => twin.lexical),
    );
    const cosines = documents.filter((one) => !isTwin(one)).flatMap((one) => one.semantic ?? []);
    const own = bodyScore(document, question, corpus);
    const cosine = title.reduce((sum, value, at) => sum + value * (body[at] ?? 0), 0);
    examples.push({ features: features(lexical, cosines), answerable: false });
    examples.push({ features: features([...lexical, own], [...cosines, cosine]), answerable: true });
  }
  const strangers = await encoder.embed(unrelated, 'question', signal);
  for (const [index, query] of unrelated.entries()) {
    const question = await readQuestion(db, { workspaceId, query, history: [] }, corpus);
    const vector = strangers[index];
    if (!question || !vector) continue;
    const { documents, lexical } = await find(question, vector);
    const cosines = documents.flatMap((one) => one.semantic ?? []);
    examples.push({ features: features(lexical, cosines), answerable: false });
  }
  const calibration = fitCalibration(examples);
  signal.throwIfAborted();
  await saveCalibration(db, workspaceId, space, calibration, corpus.documents);
  return calibration;
}

/** The scores but for those of the twins, each once. */
function without(scores: number[], twins: number[]): number[] {
  const left = [...scores];
  for (const score of twins) {
    const at = left.indexOf(score);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}

/** Many texts begin with their title once more. */
function bodyOf({ title, text }: SampleDocument): string {
  const body = text.replace(/^[#\s]+/, '');
  return (body.startsWith(title) ? body.slice(title.length) : body).slice(0, openingCharactersMax);
}

function bodyScore({ terms }: SampleDocument, question: Question, { average }: Corpus): number {
  const body = terms.flatMap((bytes) => [...bytesToTerms(bytes)]);
  const weights = termWeights([], body, average);
  let score = 0;
  for (const [term, weight] of question.weights) score += weight * (weights.get(term) ?? 0);
  return score;
}
