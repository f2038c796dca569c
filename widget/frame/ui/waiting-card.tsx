import { useState } from 'preact/hooks';
import type { CustomerConversation } from '../../../protocol/conversation.ts';
import { Icon } from './icon.tsx';
import { usePanel } from './panel.ts';

/** Where the customer stands in line, how long it takes, how to be reached, and what the agent will know. */
export function WaitingCard({ conversation }: { conversation: CustomerConversation }) {
  const { words, number, duration } = usePanel();
  const { queue } = conversation;
  const eta = queue?.etaSeconds;
  return (
    <section class="panel-card" aria-label={words.waitingTitle}>
      <h2>{words.waitingTitle}</h2>
      <p role="status">
        {queue && `${words.position(number(queue.position))} `}
        {eta === undefined ? '' : eta === null ? words.nobodyHere : words.eta(duration(eta))}
      </p>
      <Contact conversation={conversation} />
      <details>
        <summary>{words.agentSees}</summary>
        <ul>
          {words.agentSeesList.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}

const plausible = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function Contact({ conversation }: { conversation: CustomerConversation }) {
  const { chat, words } = usePanel();
  const known = conversation.contactEmail;
  const [editing, setEditing] = useState(false);
  const [email, setEmail] = useState(known ?? '');
  const [problem, setProblem] = useState('');
  const [saving, setSaving] = useState(false);

  if (known && !editing) {
    return (
      <p class="saved" role="status">
        <Icon name="check" size={16} />
        <span dir="auto">{words.contactSaved(known)}</span>
        <button type="button" class="text-button" onClick={() => setEditing(true)}>
          {words.contactChange}
        </button>
      </p>
    );
  }

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    if (!plausible.test(email.trim())) return setProblem(words.contactInvalid);
    setSaving(true);
    const saved = await chat.setContact(conversation.id, email.trim());
    setSaving(false);
    setProblem(saved ? '' : words.contactFailed);
    if (saved) setEditing(false);
  }

  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <label for="contact">{words.contactLabel}</label>
      <div class="field">
        <input
          id="contact"
          type="email"
          autocomplete="email"
          dir="ltr"
          value={email}
          aria-invalid={problem !== ''}
          aria-describedby="contact-hint"
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={saving}>
          {words.contactSave}
        </button>
      </div>
      <p id="contact-hint" class={problem ? 'hint bad' : 'hint'} role={problem ? 'alert' : undefined}>
        {problem || words.contactHint}
      </p>
    </form>
  );
}
