import { useState } from 'preact/hooks';
import type { CustomerConversation } from '../../../protocol/conversation.ts';
import { blankTarget } from '../store/chat.ts';
import { Icon } from './icon.tsx';
import { usePanel } from './panel.ts';

const scores = [1, 2, 3, 4, 5];

/** The end of a conversation: a rating, and the way to another. Writing below opens this one again. */
export function RatingCard({ conversation }: { conversation: CustomerConversation }) {
  const { chat, words } = usePanel();
  return (
    <section class="panel-card" aria-label={words.resolvedTitle}>
      <h2>{words.resolvedTitle}</h2>
      {conversation.rating ? <Rated score={conversation.rating.score} /> : <RatingForm id={conversation.id} />}
      <button type="button" class="button" onClick={() => chat.show(blankTarget)}>
        <Icon name="plus" size={16} />
        {words.newConversation}
      </button>
    </section>
  );
}

function Rated({ score }: { score: number }) {
  const { words } = usePanel();
  return (
    <p class="saved" role="status">
      <span class="stars" role="img" aria-label={words.ratingScore(score)}>
        {scores.map((value) => (
          <span key={value} class={value <= score ? 'star on' : 'star'}>
            <Icon name="star" size={16} />
          </span>
        ))}
      </span>
      {words.ratingThanks}
    </p>
  );
}

function RatingForm({ id }: { id: string }) {
  const { chat, words } = usePanel();
  const [score, setScore] = useState(0);
  const [comment, setComment] = useState('');
  const [state, setState] = useState<'idle' | 'sending' | 'failed'>('idle');

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    setState('sending');
    setState((await chat.rate(id, score, comment.trim() || undefined)) ? 'idle' : 'failed');
  }

  return (
    <form onSubmit={(event) => void send(event)}>
      <fieldset class="stars">
        <legend>{words.ratingTitle}</legend>
        {scores.map((value) => (
          <label key={value} class={value <= score ? 'star on' : 'star'}>
            <input
              class="sr"
              type="radio"
              name="score"
              value={value}
              checked={value === score}
              onChange={() => setScore(value)}
            />
            <Icon name="star" size={24} />
            <span class="sr">{words.ratingScore(value)}</span>
          </label>
        ))}
      </fieldset>
      {score > 0 && (
        <>
          <textarea
            class="comment"
            dir="auto"
            rows={2}
            maxLength={2000}
            aria-label={words.ratingComment}
            placeholder={words.ratingComment}
            value={comment}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
          <button type="submit" class="button primary" disabled={state === 'sending'}>
            {words.ratingSend}
          </button>
        </>
      )}
      {state === 'failed' && (
        <p class="hint bad" role="alert">
          {words.ratingFailed}
        </p>
      )}
    </form>
  );
}
