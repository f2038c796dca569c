import { useEffect, useRef, useState } from 'preact/hooks';
import type { Citation } from '../../../protocol/message.ts';
import type { CitationPassage } from '../../../protocol/widget.ts';
import type { Passage } from '../store/chat.ts';
import { Icon } from './icon.tsx';
import { markQuote } from './mark-quote.ts';
import { Markdown } from './markdown.tsx';
import { usePanel } from './panel.ts';

/** The passage behind a citation, over the conversation. The quote is there at once, what stands around it follows. */
export function PassageSheet({ passage: { messageId, n } }: { passage: Passage }) {
  const { chat, state, words } = usePanel();
  const back = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState<CitationPassage | 'failed'>();
  const citation = findCitation(state.threads.values(), messageId, n);
  const close = () => chat.store.update((now) => ({ ...now, passage: undefined }));

  useEffect(() => {
    back.current?.focus();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chat stays the same one
  useEffect(() => {
    let wanted = true;
    void chat.openPassage(messageId, n).then((answer) => wanted && setOpened(answer.ok ? answer.data : 'failed'));
    return () => {
      wanted = false;
    };
  }, [messageId, n]);

  const whole = typeof opened === 'object' ? opened : undefined;
  const title = whole?.title ?? citation?.title ?? '';
  const url = whole?.url ?? citation?.url;
  return (
    <section class="sheet" role="dialog" aria-modal="true" aria-label={words.source(n, title)}>
      <header class="header">
        <button ref={back} type="button" class="icon-button" aria-label={words.back} onClick={close}>
          <Icon name="back" flip />
        </button>
        <div class="who">
          <h1 dir="auto">{title}</h1>
          {whole && whole.headingPath.length > 0 && <p dir="auto">{whole.headingPath.join(' › ')}</p>}
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div class="scroller" tabIndex={0}>
        {opened === 'failed' && <p class="hint">{words.passageFailed}</p>}
        {whole ? (
          <Quoted text={whole.text} quote={whole.quote} />
        ) : (
          citation && <Quoted text={citation.quote} quote="" />
        )}
        {url && /^https?:/i.test(url) && (
          <a class="button" href={url} target="_blank" rel="noopener noreferrer">
            {words.openArticle}
            <Icon name="external" size={16} />
            <span class="sr">({words.opensNewTab})</span>
          </a>
        )}
      </div>
    </section>
  );
}

function Quoted({ text, quote }: { text: string; quote: string }) {
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text is drawn without marks
  useEffect(() => {
    if (box.current) markQuote(box.current, quote);
  }, [text, quote]);
  return (
    <div class="quoted" ref={box} key={text}>
      <Markdown text={text} citations={[]} />
    </div>
  );
}

function findCitation(
  threads: Iterable<{ messages: readonly { id: string; citations: Citation[] }[] }>,
  id: string,
  n: number,
) {
  for (const { messages } of threads) {
    const message = messages.find((known) => known.id === id);
    if (message) return message.citations.find((citation) => citation.n === n);
  }
  return undefined;
}
