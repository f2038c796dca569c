import { useEffect, useRef, useState } from 'preact/hooks';
import { plainText } from '../markdown.ts';
import { usePanel } from './panel.ts';

/** Reads whole new messages of others to screen readers: not each token, and not what was there before. */
export function Announcer({ target }: { target: string }) {
  const { state, words } = usePanel();
  const messages = state.threads.get(target)?.messages ?? [];
  const heard = useRef({ target: '', seq: 0 });
  const [text, setText] = useState('');
  const last = messages.at(-1)?.seq ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new message is news
  useEffect(() => {
    const fresh =
      heard.current.target === target && heard.current.seq > 0
        ? messages.filter(({ seq }) => seq > heard.current.seq)
        : [];
    heard.current = { target, seq: last };
    const spoken = fresh.filter(({ author }) => author.kind !== 'customer');
    if (spoken.length === 0) return;
    setText(
      spoken
        .map(
          ({ author, body }) =>
            `${author.kind === 'assistant' ? words.assistant : (author.name ?? '')}: ${plainText(body)}`,
        )
        .join('\n'),
    );
  }, [target, last]);

  return (
    <div class="sr" aria-live="polite">
      {text}
    </div>
  );
}
