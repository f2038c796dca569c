import type { Words } from '../../words/en.ts';
import { Icon } from './icon.tsx';
import { useSecondsUntil } from './notice-bar.tsx';
import { usePanel } from './panel.ts';

/** Before the session is there: the shape of the first screen, or why there is none and what to do. */
export function Opening() {
  const { chat, state, words, duration } = usePanel();
  const seconds = useSecondsUntil(state.trouble?.retryAt);
  if (state.phase !== 'failed') {
    return (
      <div class="home" aria-busy="true">
        <div class="skeleton" aria-hidden="true">
          <i class="title" />
          <i class="wide" />
          <i class="wide" />
          <i class="wide" />
        </div>
      </div>
    );
  }
  return (
    <div class="home failed" role="alert">
      <Icon name="alert" size={24} />
      <h2>{words.failedTitle}</h2>
      <p>{reasonOf(state.trouble?.code, words)}</p>
      {state.trouble?.retryAt !== undefined && (
        <>
          <button type="button" class="button primary" onClick={() => void chat.open()}>
            {words.retry}
          </button>
          <p class="hint">{seconds > 0 && words.trying(duration(seconds))}</p>
        </>
      )}
    </div>
  );
}

function reasonOf(code: string | undefined, words: Words): string {
  const known: Readonly<Record<string, string>> = words.failedBecause;
  return known[code ?? ''] ?? words.failed;
}
