import { CallFailed } from './chat-failed.ts';
import { classifyFailure } from './classify-failure.ts';
import type { Model, ModelCall } from './model.ts';

export type Patience = {
  /** Until anything comes: reasoning models think first. */
  firstChunkMs: number;
  /** Between two chunks. */
  idleMs: number;
};

/** One call to one model, however it ended. */
export type Attempt = {
  text: string;
  toolCall: { name: string; arguments: string } | undefined;
  /** As the provider counted. */
  usage: { input: number; output: number } | undefined;
  firstTokenMs: number | null;
  durationMs: number;
  failure: CallFailed | undefined;
  /** The caller's signal ended it. */
  aborted: boolean;
};

type Ending = 'complete' | 'refused' | undefined;

function failureOf(
  error: unknown,
  state: { begun: boolean; ending: Ending; text: string; called: boolean },
): CallFailed | undefined {
  if (error !== undefined) return classifyFailure(error, state.begun);
  if (state.ending === 'refused') return new CallFailed('refused');
  // every provider says why it stopped: a stream that just ends was cut
  if (state.ending === undefined) return new CallFailed('cut');
  if (!state.called && state.text.trim() === '') return new CallFailed('empty');
  return undefined;
}

/**
 * Runs one call. Never throws, and settles as soon as `signal` aborts or the model has been silent for too long, even if the
 * provider's client does not: whatever still comes then goes nowhere, and `onText` is not called again.
 */
export async function attempt(
  model: Model,
  call: ModelCall,
  patience: Patience,
  onText: ((text: string) => void) | undefined,
): Promise<Attempt> {
  const started = performance.now();
  const controller = new AbortController();
  const result: Attempt = {
    text: '',
    toolCall: undefined,
    usage: undefined,
    firstTokenMs: null,
    durationMs: 0,
    failure: undefined,
    aborted: false,
  };
  let open = true;
  let begun = false;
  let calls = 0;
  let ending: Ending;
  let stop: (error: unknown) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  const onAbort = () => stop(call.signal.reason);
  let timer = setTimeout(() => stop(new CallFailed('timed_out')), patience.firstChunkMs);

  const sink = {
    alive() {
      if (!open) return;
      if (begun) {
        timer.refresh();
        return;
      }
      begun = true;
      clearTimeout(timer);
      timer = setTimeout(() => stop(new CallFailed('timed_out')), patience.idleMs);
    },
    text(piece: string) {
      if (!open || calls > 0) return;
      result.firstTokenMs ??= performance.now() - started;
      result.text += piece;
      onText?.(piece);
    },
    toolCall(name: string | undefined, argumentsPiece: string) {
      if (!open) return;
      if (name) calls += 1;
      if (calls !== 1) return;
      result.firstTokenMs ??= performance.now() - started;
      result.toolCall ??= { name: name ?? '', arguments: '' };
      result.toolCall.arguments += argumentsPiece;
    },
    usage(input: number, output: number) {
      result.usage = { input, output };
    },
    finish(reason: 'complete' | 'refused') {
      if (ending !== 'refused') ending = reason;
    },
  };

  let error: unknown;
  call.signal.addEventListener('abort', onAbort, { once: true });
  const running = model({ ...call, signal: controller.signal }, sink);
  try {
    call.signal.throwIfAborted();
    await Promise.race([running, stopped]);
  } catch (thrown) {
    error = thrown ?? new CallFailed('unreachable');
  } finally {
    open = false;
    clearTimeout(timer);
    call.signal.removeEventListener('abort', onAbort);
    // ends what is still under way; its own error has been said already, or no longer matters
    controller.abort();
    running.catch(() => undefined);
  }
  result.durationMs = performance.now() - started;
  result.aborted = call.signal.aborted;
  if (!result.aborted) result.failure = failureOf(error, { begun, ending, text: result.text, called: calls > 0 });
  return result;
}
