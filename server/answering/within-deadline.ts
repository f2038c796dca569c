/**
 * Runs `work` with a signal that also ends at `deadlineAt`. Gives `late` where that is what
 * ended it; rethrows the reason of `outer` where that was first.
 */
export async function withinDeadline<Result>(
  outer: AbortSignal,
  deadlineAt: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | 'late'> {
  const controller = new AbortController();
  const abort = () => controller.abort(outer.reason);
  outer.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(
    () => controller.abort(new Error('the deadline came')),
    Math.max(0, deadlineAt - Date.now()),
  );
  try {
    return await work(controller.signal);
  } catch (error) {
    outer.throwIfAborted();
    if (controller.signal.aborted) return 'late';
    throw error;
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', abort);
  }
}
