import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { termWeights } from './bm25f.ts';
import { claimCalibration, type SampleDocument, sampleDocuments, saveCalibration } from './calibration-queries.ts';
import { type Example, features, fitCalibration } from './confidence.ts';
import { findCandidates } from './find-candidates.ts';
import { type Corpus, findGround, type Ground } from './ground-queries.ts';
import { type Question, readQuestion } from './question.ts';
import { semanticShare } from './rank.ts';
import { countDeltas, foldStats } from './stats-queries.ts';
import { countUnfinished } from './unfinished-documents.ts';
import { buildVectorIndexes } from './vector-index.ts';
import { bytesToTerms } from './vector-text.ts';

type Slice = Pick<Deps, 'db' | 'encoder' | 'log'>;

/** A search reads every waiting delta that has one of its words. */
const deltasMax = 32;
const sampleMax = 60;
const documentsMin = 10;
const openingCharactersMax = 1_200;

/** What is due after documents have changed and before nobody looks: adding up the statistics, indexing vectors that have become many, and fitting the confidence anew. */
export async function settleSearch(deps: Slice, workspaceId: string): Promise<void> {
  const { db, encoder, log } = deps;
  try {
    const isSettled = (await countUnfinished(db, workspaceId)) === 0;
    if (isSettled || (await countDeltas(db, workspaceId)) > deltasMax) {
      await transaction(db, (tx) => foldStats(tx, workspaceId));
    }
    if (!isSettled) return;
    await buildVectorIndexes(deps, workspaceId);
    const ground = await findGround(db, workspaceId, encoder.space);
    const { corpus } = ground;
    if (corpus.documents < documentsMin) return;
    if (await claimCalibration(db, workspaceId, encoder.space, corpus.documents))
      await calibrate(deps, workspaceId, ground);
  } catch (error) {
    // search goes on with what was there; the next document that is indexed tries again
    log.warn({ err: error, workspaceId }, 'search not settled');
  }
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
 * answer too. Questions of other worlds, which nothing answers, keep the fit honest where documents resemble each other.
 */
async function calibrate({ db, encoder }: Slice, workspaceId: string, ground: Ground): Promise<void> {
  const { corpus } = ground;
  const find = (question: Question, vector: number[]) =>
    findCandidates(db, ground, {
      filter: { workspaceId, audiences: ['public', 'internal'] },
      question,
      vector,
      semanticShare: semanticShare(encoder.space, question.termCount, corpus.languages[0] ?? 'en'),
    });
  const sample = await sampleDocuments(db, workspaceId, sampleMax);
  const titles = await encoder.embed(
    sample.map((document) => document.title),
    'question',
  );
  const bodies = await encoder.embed(sample.map(bodyOf), 'passage');
  const examples: Example[] = [];
  for (const [index, document] of sample.entries()) {
    const question = await readQuestion(db, { workspaceId, query: document.title, history: [] }, corpus);
    const [title, body] = [titles[index], bodies[index]];
    if (!question || question.weights.size === 0 || !title || !body) continue;
    const { candidates } = await find(question, title);
    const others = candidates.filter((candidate) => !document.twins.includes(candidate.documentId));
    const lexical = others.map((candidate) => candidate.lexical);
    const cosines = others.flatMap((candidate) => candidate.semantic ?? []);
    const own = bodyScore(document, question, corpus);
    const cosine = title.reduce((sum, value, at) => sum + value * (body[at] ?? 0), 0);
    examples.push({ features: features(lexical, cosines), answerable: false });
    examples.push({ features: features([...lexical, own], [...cosines, cosine]), answerable: true });
  }
  const strangers = await encoder.embed(unrelated, 'question');
  for (const [index, query] of unrelated.entries()) {
    const question = await readQuestion(db, { workspaceId, query, history: [] }, corpus);
    const vector = strangers[index];
    if (!question || !vector) continue;
    const { candidates } = await find(question, vector);
    const lexical = candidates.map((candidate) => candidate.lexical);
    const cosines = candidates.flatMap((candidate) => candidate.semantic ?? []);
    examples.push({ features: features(lexical, cosines), answerable: false });
  }
  await saveCalibration(db, workspaceId, encoder.space, fitCalibration(examples), corpus.documents);
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
