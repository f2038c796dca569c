import type { ModelRef } from '../config.ts';
import type { Deps } from '../deps.ts';
import { type Analyze, analyzerFor } from '../knowledge/analyze.ts';
import type { EncoderDeps } from '../knowledge/encoders.ts';
import type { search } from '../knowledge/search.ts';
import { decideFirst, type FirstDecision } from './decide.ts';
import type { AnswerInput, Decision } from './decision.ts';
import { type Generation, generate } from './generate.ts';
import { firstTokens, fitHistory } from './history.ts';
import { extractive, quotePassage } from './quote-passage.ts';
import { retrieve } from './retrieve.ts';
import { texts } from './texts.ts';
import { decisionOf, type Turn, type Verdict } from './turn.ts';
import { withinDeadline } from './within-deadline.ts';

export type AnswerDeps = Pick<Deps, 'config' | 'db' | 'llm' | 'reranker' | 'clock' | 'log'> &
  EncoderDeps & {
    /** Where the passages come from; the knowledge base, unless a test says otherwise. */
    find?: typeof search;
  };

/** What a model gets to read, beside the neighbours; more sources distract more than they help. */
const sourcesMax = 6;
const historyTokensMax = 1_500;
const questionTokensMax = 2_000;

const rules = 'builtin:rules';

const firstTexts: Record<FirstDecision['rule'], string> = {
  asked_for_human: texts.handoffAsked,
  accepted_human: texts.handoffAsked,
  greeting: texts.greeting,
  thanks: texts.thanks,
  identity: texts.identity,
  acknowledged: texts.acknowledged,
  declined_human: texts.declinedHuman,
};

/** Does not know: says so and offers a human; the second time in a row it brings one. */
function notKnown(turn: Turn, rule: string, model: string): Verdict {
  return turn.input.failedBefore >= 1
    ? { kind: 'handoff', text: texts.handoffNotKnown, rule: `${rule}_again`, model, reason: 'not_known' }
    : { kind: 'abstain', text: texts.notKnown, rule, model };
}

/** What the models made of it; undefined: nothing that may be sent. */
function generated(turn: Turn, generation: Generation): Verdict | undefined {
  const { outcome, model = rules } = generation;
  switch (outcome?.kind) {
    case 'answer':
      return { kind: 'answer', text: outcome.text, rule: 'generated', model, citations: outcome.citations };
    case 'ask_clarification':
      return { kind: 'clarify', text: outcome.question, rule: 'model_asked', model };
    case 'hand_to_human':
      return {
        kind: 'handoff',
        text: texts.handoffAsked,
        rule: 'model_handed_over',
        model,
        reason: 'must_not_answer',
      };
    case 'not_in_sources':
      return notKnown(turn, 'not_in_sources', model);
    case undefined:
      return undefined;
  }
}

/** The models that may be asked, best first: those for answers, then the small ones. */
function modelsOf(config: Deps['config']['models']): ModelRef[] {
  // where the built-in answerer comes first, no model was wanted
  if (config.answer[0]?.provider === 'builtin') return [];
  return askable([...config.answer, ...config.fast]);
}

/** Each once, without the built-in answerer, which nobody can ask. */
function askable(models: ModelRef[]): ModelRef[] {
  const seen = new Set<string>();
  return models.filter(({ provider, model }) => {
    const name = `${provider}:${model}`;
    if (provider === 'builtin' || seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

async function askModels(
  deps: AnswerDeps,
  turn: Turn,
  models: ModelRef[],
  analyze: Analyze,
  say: { text(text: string): void; restart(): void },
): Promise<Generation> {
  const { input } = turn;
  const deadlineAt = input.deadlineAt ?? Date.now() + deps.config.answerDeadlineMs * 0.75;
  const [history, question] = await Promise.all([
    fitHistory(input.history, historyTokensMax),
    firstTokens(input.question, questionTokensMax),
  ]);
  const run = await withinDeadline(input.signal, deadlineAt, (signal) =>
    generate(
      deps,
      {
        workspaceId: input.workspaceId,
        turnId: input.turnId,
        question,
        history,
        readings: turn.readings.slice(0, sourcesMax),
        models,
        signal,
        deadlineAt,
        onText: say.text,
        onRestart: say.restart,
      },
      analyze,
    ),
  );
  if (run !== 'late') return run;
  say.restart();
  const failures = [{ model: `${models[0]?.provider}:${models[0]?.model}`, reason: 'deadline' }];
  return {
    outcome: undefined,
    model: undefined,
    tokens: { input: 0, output: 0 },
    costUsd: 0,
    firstTokenMs: null,
    failures,
  };
}

const failed = (rule: string): Verdict => ({
  kind: 'handoff',
  text: texts.handoffFailed,
  rule,
  model: rules,
  reason: 'answering_failed',
});

async function decide(
  deps: AnswerDeps,
  turn: Turn,
  say: { text(text: string): void; restart(): void },
): Promise<Verdict> {
  const { input } = turn;
  const first = decideFirst(input);
  if (first) {
    const reason = first.kind === 'handoff' ? 'customer_asked' : undefined;
    return { kind: first.kind, text: firstTexts[first.rule], rule: first.rule, model: rules, reason, confidence: 1 };
  }

  const found = await retrieve(deps, turn, askable(deps.config.models.fast));
  input.signal.throwIfAborted();
  if (!found) return failed('search_failed');

  const analyze = await analyzerFor('en');
  if (analyze(turn.found.query).length === 0) {
    return input.failedBefore >= 1
      ? notKnown(turn, 'nothing_to_search', rules)
      : { kind: 'clarify', text: texts.moreDetail, rule: 'nothing_to_search', model: rules, confidence: 0 };
  }
  if (turn.found.results.length === 0) return notKnown(turn, 'nothing_found', rules);

  const models = modelsOf(deps.config.models);
  if (models.length === 0)
    return (await quotePassage(turn, analyze, say.text)) ?? notKnown(turn, 'low_confidence', extractive);

  turn.generation = await askModels(deps, turn, models, analyze, say);
  const written = generated(turn, turn.generation);
  if (written) return written;
  input.signal.throwIfAborted();
  const fallback = await quotePassage(turn, analyze, say.text);
  if (fallback) return { ...fallback, rule: 'quoted_instead' };
  const withdrawn = turn.generation.failures.every(({ reason }) => withdrawals.has(reason));
  if (withdrawn) return notKnown(turn, 'withdrawn', rules);
  return {
    kind: 'handoff',
    text: texts.handoffFailed,
    rule: 'models_failed',
    model: rules,
    reason: 'answering_failed',
  };
}

/** The models worked, but nothing they wrote was borne out by the sources. */
const withdrawals = new Set(['unknown_source', 'unsupported', 'nothing_cited']);

/**
 * What the assistant does about a question. Publishes and stores nothing. Throws only when `signal` aborts, or when the database
 * is away; a model or an encoder that cannot never makes it throw. After an abort neither callback is called again.
 *
 * Only public documents are searched: an internal one can reach no customer from here.
 */
export async function answer(deps: AnswerDeps, input: AnswerInput): Promise<Decision> {
  input.signal.throwIfAborted();
  const turn: Turn = {
    input,
    started: performance.now(),
    contextualization: undefined,
    readings: [],
    found: { query: input.question, results: [], confidence: 0 },
    retrieveMs: 0,
    generation: undefined,
    firstTokenMs: null,
  };
  let streamed = false;
  const say = {
    text(text: string) {
      if (input.signal.aborted) return;
      turn.firstTokenMs ??= performance.now() - turn.started;
      streamed = true;
      input.onText?.(text);
    },
    restart() {
      if (input.signal.aborted || !streamed) return;
      turn.firstTokenMs = null;
      streamed = false;
      input.onRestart?.();
    },
  };
  const verdict = await decide(deps, turn, say);
  input.signal.throwIfAborted();
  // what no model finished is void: the decision's text stands alone
  if (streamed && verdict.kind !== 'answer') say.restart();
  return decisionOf(turn, verdict);
}
