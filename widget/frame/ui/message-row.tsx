import type { Citation, Message } from '../../../protocol/message.ts';
import type { Words } from '../../words/en.ts';
import type { OutboxItem } from '../store/outbox.ts';
import { Face } from './header.tsx';
import { Icon } from './icon.tsx';
import { Markdown } from './markdown.tsx';
import { usePanel } from './panel.ts';
import type { Row } from './timeline.ts';

type MessageRowProps = { row: Row; target: string /** The assistant's last one. */; latest: boolean };

export function MessageRow({ row, target, latest }: MessageRowProps) {
  const { chat, words, time, exact } = usePanel();
  const { author, message, item } = row;
  if (author.kind === 'system') {
    return (
      <li class="system" dir="auto">
        {row.body}
      </li>
    );
  }
  const mine = author.kind === 'customer';
  const name = author.name && author.kind === 'agent' ? `${author.name} · ${words.agentRole}` : words.assistant;
  const open =
    message && ((n: number) => chat.store.update((state) => ({ ...state, passage: { messageId: message.id, n } })));
  return (
    <li class={mine ? 'row mine' : 'row'}>
      {row.first && !mine && (
        <p class="name">
          <Face name={author.kind === 'agent' ? author.name : undefined} small />
          <bdi>{name}</bdi>
        </p>
      )}
      <div class="line-up">
        <div class={item ? 'bubble unsent' : 'bubble'}>
          {row.first && mine && <span class="sr">{words.you}: </span>}
          {mine ? (
            <p class="plain" dir="auto">
              {row.body}
            </p>
          ) : (
            <Markdown text={row.body} citations={message?.citations} onCitation={open} />
          )}
        </div>
        {item ? (
          <Unsent item={item} />
        ) : (
          <time dateTime={row.at} title={exact(row.at)}>
            {time(row.at)}
          </time>
        )}
      </div>
      {item?.state === 'failed' && <Refused item={item} target={target} />}
      {message?.status === 'failed' && <p class="hint bad">{words.failedAnswer}</p>}
      {message && !mine && message.citations.length > 0 && open && (
        <Sources citations={message.citations} onOpen={open} />
      )}
      {message?.author.kind === 'assistant' && <Footer message={message} target={target} latest={latest} />}
    </li>
  );
}

function Unsent({ item }: { item: OutboxItem }) {
  const { state, words } = usePanel();
  const label = item.state === 'sending' || state.connected ? words.sending : words.queued;
  if (item.state === 'failed') return null;
  return (
    <span class={state.connected ? 'sent-state soon' : 'sent-state'} title={label}>
      <Icon name="clock" size={14} />
      {state.connected ? <span class="sr">{label}</span> : label}
    </span>
  );
}

function reasonOf(problem: OutboxItem['problem'], words: Words): string {
  const known: Readonly<Record<string, string>> = words.notSentBecause;
  return known[problem ?? ''] ?? words.notSent;
}

/** What could not be sent stays, with its reason and two ways on. */
function Refused({ item, target }: { item: OutboxItem; target: string }) {
  const { chat, words } = usePanel();
  const edit = () => {
    const text = chat.discard(item.clientMessageId);
    const typed = chat.draft.read(target);
    chat.draft.write(target, typed ? `${text}\n${typed}` : text);
    chat.attend();
  };
  return (
    <p class="hint bad" role="alert">
      <Icon name="alert" size={14} />
      {reasonOf(item.problem, words)}
      <button type="button" class="text-button" onClick={() => chat.retry(item.clientMessageId)}>
        {words.retry}
      </button>
      <button type="button" class="text-button" onClick={edit}>
        {words.edit}
      </button>
    </p>
  );
}

/** The articles behind an answer, each once. */
function Sources({ citations, onOpen }: { citations: readonly Citation[]; onOpen(n: number): void }) {
  const { words } = usePanel();
  const articles = citations.filter(
    (one, at) => citations.findIndex(({ documentId }) => documentId === one.documentId) === at,
  );
  return (
    <ul class="sources" aria-label={words.sources}>
      {articles.map((citation) => (
        <li key={citation.n}>
          <button type="button" class="text-button" onClick={() => onOpen(citation.n)}>
            <span class="cite">{citation.n}</span>
            <span class="line" dir="auto">
              {citation.title}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Was it helpful, and the way on when it was not. */
function Footer({ message, target, latest }: { message: Message; target: string; latest: boolean }) {
  const { chat, state, words } = usePanel();
  const helpful = state.helpful.get(message.id);
  const canHandOff = state.threads.get(target)?.conversation.state === 'assistant';
  const offers = latest && canHandOff && (message.offer === 'human' || helpful === false);
  if (!latest && helpful === undefined) return null;
  return (
    <div class="footer">
      {offers && (
        <button type="button" class="button" onClick={() => void chat.askForHuman(target)}>
          <Icon name="human" size={16} />
          {words.talkToHuman}
        </button>
      )}
      <fieldset class="thumbs">
        <legend class="sr">{words.helpful}</legend>
        <button
          type="button"
          class="icon-button small"
          aria-label={words.helpful}
          title={words.helpful}
          aria-pressed={helpful === true}
          onClick={() => chat.feedback(message.id, true)}
        >
          <Icon name="helpful" size={16} />
        </button>
        <button
          type="button"
          class="icon-button small"
          aria-label={words.notHelpful}
          title={words.notHelpful}
          aria-pressed={helpful === false}
          onClick={() => chat.feedback(message.id, false)}
        >
          <Icon name="notHelpful" size={16} />
        </button>
        <span class="hint" role="status">
          {helpful === undefined ? '' : helpful ? words.thanksHelpful : words.thanksNotHelpful}
        </span>
      </fieldset>
    </div>
  );
}
