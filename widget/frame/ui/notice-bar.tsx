import { useEffect, useState } from 'preact/hooks';
import { usePanel } from './panel.ts';

/** A cut shorter than this is not worth a word. */
const patienceMs = 1_500;

/** A thin bar while messages cannot go out. */
export function NoticeBar() {
  const { state, words, duration } = usePanel();
  const cut = state.phase === 'ready' && !state.connected;
  const lasting = useLasting(cut);
  const waiting = state.outbox.filter((item) => item.state !== 'failed').length;
  const resting = useSecondsUntil(state.restUntil);
  if (resting > 0 && waiting > 0) {
    return <Bar text={words.rateLimited(duration(resting))} />;
  }
  if (!lasting) return null;
  const text = navigator.onLine ? words.reconnecting : words.offline;
  return <Bar text={`${text} ${waiting > 0 ? words.queuedCount(waiting) : words.kept}`} />;
}

function Bar({ text }: { text: string }) {
  return (
    <p class="bar" role="status">
      {text}
    </p>
  );
}

function useLasting(cut: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!cut) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), patienceMs);
    return () => clearTimeout(timer);
  }, [cut]);
  return lasting && cut;
}

/** Whole seconds left, counted down; 0 when there are none. */
export function useSecondsUntil(moment: number | undefined): number {
  const left = () => (moment === undefined ? 0 : Math.max(0, Math.ceil((moment - Date.now()) / 1000)));
  const [, tick] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the time left is looked at anew
  useEffect(() => {
    if (left() === 0) return;
    const timer = setInterval(() => tick((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, [moment]);
  return left();
}
