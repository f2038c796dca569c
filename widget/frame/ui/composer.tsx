import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { messageMax } from '../message-max.ts';
import { blankTarget } from '../store/chat.ts';
import { isNewTarget } from '../store/outbox.ts';
import { Icon } from './icon.tsx';
import { usePanel } from './panel.ts';

/** Five lines of text; then it scrolls. */
const heightMax = 5 * 24 + 16;

/** Where the customer writes, and the way to a human, which is always in sight while the assistant answers. */
export function Dock() {
  const { state } = usePanel();
  const target = state.view.screen === 'conversation' ? state.view.target : blankTarget;
  return (
    <footer class="dock">
      <Composer target={target} />
    </footer>
  );
}

function Composer({ target }: { target: string }) {
  const { chat, state, words, number } = usePanel();
  const { attention } = state;
  const area = useRef<HTMLTextAreaElement>(null);
  const text = useDraft(target);
  const conversation = state.threads.get(target)?.conversation;
  const over = text.value.trim().length - messageMax;
  const sendable = text.value.trim() !== '' && over <= 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows from the text
  useLayoutEffect(() => {
    const box = area.current;
    if (!box) return;
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, heightMax)}px`;
    box.style.overflowY = box.scrollHeight > heightMax ? 'auto' : 'hidden';
  }, [text.value]);

  // on phones the keyboard comes only when it is asked for
  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation takes the focus too
  useEffect(() => {
    if (attention > 0 && matchMedia('(pointer: fine)').matches) area.current?.focus();
  }, [attention, target]);

  function submit(): void {
    if (!sendable) return;
    chat.send(target, text.value.trim());
    text.set('');
    area.current?.focus();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {over > 0 && (
        <p class="hint bad" role="alert">
          {words.tooLong(number(over))}
        </p>
      )}
      <div class="composer">
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          aria-label={words.message}
          placeholder={usePlaceholder(conversation?.state, conversation?.assignee?.name)}
          value={text.value}
          enterkeyhint="send"
          onInput={(event) => {
            text.set(event.currentTarget.value);
            if (conversation?.state === 'agent') chat.typing(target, event.currentTarget.value !== '');
          }}
          onKeyDown={(event) => {
            // Enter also ends the composing of a Japanese or Chinese word: that one is not ours
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
            event.preventDefault();
            submit();
          }}
        />
        <button type="submit" class="send" aria-label={words.send} aria-disabled={!sendable}>
          <Icon name="send" />
        </button>
      </div>
      <HumanButton target={target} typed={text.value} onUsed={() => text.set('')} />
    </form>
  );
}

/** What is typed, kept for each conversation. A conversation that gets its id takes its draft along. */
function useDraft(target: string) {
  const { chat, state } = usePanel();
  const { attention } = state;
  const [value, setValue] = useState(() => chat.draft.read(target));
  const shown = useRef(target);
  // biome-ignore lint/correctness/useExhaustiveDependencies: attention tells that the draft was written from outside
  useLayoutEffect(() => {
    const before = shown.current;
    shown.current = target;
    if (isNewTarget(before) && before !== target && !isNewTarget(target) && target !== blankTarget) {
      chat.draft.write(target, chat.draft.read(before));
      chat.draft.write(before, '');
    }
    setValue(chat.draft.read(target));
  }, [target, attention]);
  return {
    value,
    set(next: string) {
      setValue(next);
      chat.draft.write(target, next);
    },
  };
}

function usePlaceholder(state: string | undefined, agent: string | undefined): string {
  const { words } = usePanel();
  if (state === 'agent' && agent) return words.placeholderAgent(agent);
  if (state === 'waiting') return words.placeholderWaiting;
  return state === 'resolved' ? words.placeholderResolved : words.placeholder;
}

/** One tap, on every screen on which the assistant would answer. What is typed goes along. */
function HumanButton({ target, typed, onUsed }: { target: string; typed: string; onUsed(): void }) {
  const { chat, state, words } = usePanel();
  const [asking, setAsking] = useState(false);
  const conversation = state.threads.get(target)?.conversation;

  async function ask(): Promise<void> {
    const text = typed.trim().slice(0, messageMax);
    if (conversation?.state === 'assistant' && text === '') {
      setAsking(true);
      const asked = await chat.askForHuman(conversation.id);
      setAsking(false);
      if (asked) return chat.attend();
    }
    // there is no conversation yet, or no connection: as a message it arrives whatever happens
    chat.send(target, text || words.wantsHuman, true);
    onUsed();
  }

  if (conversation && conversation.state !== 'assistant' && conversation.state !== 'resolved') {
    // the line keeps its place: nothing jumps when somebody takes over
    const name = conversation.assignee?.name ?? words.someone;
    return (
      <p class="human">
        <Icon name="human" size={16} />
        <span class="line" dir="auto">
          {conversation.state === 'waiting' && words.humanAsked}
          {conversation.state === 'agent' && words.statusAgent(name)}
          {conversation.state === 'snoozed' && words.statusSnoozed(name)}
        </span>
      </p>
    );
  }
  return (
    <button type="button" class="human" disabled={asking} onClick={() => void ask()}>
      <Icon name="human" size={16} />
      {asking ? words.connectingHuman : words.talkToHuman}
    </button>
  );
}
