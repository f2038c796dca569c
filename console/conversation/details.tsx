import { CopyButton, UnstyledButton } from '@mantine/core';
import { IconCheck, IconCopy, IconFlag, IconShieldCheck, IconStarFilled } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AgentConversation } from '../../protocol/conversation.ts';
import { useLive } from '../live/live-context.tsx';
import { Clamped } from '../ui/clamped.tsx';
import { handoffReasonWords, priorityWords } from '../ui/conversation-words.ts';
import { customerName } from '../ui/customer-name.ts';
import { plainText } from '../ui/plain-text.ts';
import { StateLabel } from '../ui/state-label.tsx';
import { duration, untilTime } from '../ui/time.ts';
import { TimeLabel } from '../ui/time-label.tsx';
import { useNow } from '../ui/use-now.ts';
import classes from './details.module.css';

/** What an agent wants to know before answering: who, why it came to people, how it stands. */
export function Details({ conversation }: { conversation: AgentConversation }) {
  const live = useLive();
  const now = useNow();
  const { customer, handoff, queue, rating, labels, priority, assignee, snoozedUntil, summary } = conversation;
  const email = customer.email ?? conversation.contactEmail;
  return (
    <div className={classes.details}>
      <Section title="Customer">
        <p className={classes.name} dir="auto">
          {customerName(conversation)}
        </p>
        {email && <Email email={email} />}
        <p className={classes.dim}>
          {customer.verified ? (
            <span className={classes.withIcon}>
              <IconShieldCheck size={14} aria-hidden /> Identity verified by your website
            </span>
          ) : (
            'Identity not verified'
          )}
        </p>
      </Section>

      <Section title="Conversation">
        <dl className={classes.facts}>
          <Fact name="State">
            <StateLabel conversation={conversation} selfId={live.self.id} />
          </Fact>
          <Fact name="Agent">{assignee?.name ?? (conversation.state === 'resolved' ? 'Nobody' : 'Nobody yet')}</Fact>
          {queue && (
            <Fact name="Place">
              {queue.position}
              {queue.etaSeconds !== null && `, about ${duration(queue.etaSeconds * 1000)} to go`}
            </Fact>
          )}
          {snoozedUntil && <Fact name="Wakes">{untilTime(snoozedUntil, now)}</Fact>}
          <Fact name="Priority">
            <span className={classes.withIcon}>
              {(priority === 'high' || priority === 'urgent') && <IconFlag size={14} aria-hidden />}
              {priorityWords[priority]}
            </span>
          </Fact>
          <Fact name="Labels">
            {labels.length === 0 ? (
              'None'
            ) : (
              <span className={classes.labels}>
                {labels.map((label) => (
                  <span key={label} className={classes.label}>
                    {label}
                  </span>
                ))}
              </span>
            )}
          </Fact>
          <Fact name="Began">
            <TimeLabel at={conversation.createdAt} style="ago" />
          </Fact>
          {rating && (
            <Fact name="Rating">
              <span className={classes.withIcon}>
                <IconStarFilled size={14} aria-hidden /> {rating.score} of 5
              </span>
              {rating.comment && <p className={classes.comment}>“{rating.comment}”</p>}
            </Fact>
          )}
        </dl>
      </Section>

      {handoff && (
        <Section title="Handed to people">
          <p>
            {handoffReasonWords[handoff.reason]}{' '}
            <span className={classes.dim}>
              <TimeLabel at={handoff.requestedAt} style="ago" />
            </span>
          </p>
          <h4>Asked</h4>
          <Clamped>
            <p dir="auto">{plainText(handoff.brief.asked) || 'Nothing yet.'}</p>
          </Clamped>
          <h4>Tried</h4>
          {handoff.brief.tried.length === 0 && <p className={classes.dim}>The assistant tried nothing.</p>}
          <ul>
            {handoff.brief.tried.map((attempt, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list, and the same may have been asked twice
              <li key={index} dir="auto">
                <Clamped>{plainText(attempt.question)}</Clamped>
                <div className={classes.dim}>{attempt.outcome}</div>
              </li>
            ))}
          </ul>
          <h4>Found</h4>
          {handoff.brief.found.length === 0 && <p className={classes.dim}>Nothing in the knowledge base.</p>}
          <ul>
            {handoff.brief.found.map((article) => (
              <li key={article.documentId}>
                <Link to="/knowledge/$documentId" params={{ documentId: article.documentId }}>
                  {article.title}
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {summary && (
        <Section title="Summary">
          <p dir="auto">{summary}</p>
        </Section>
      )}
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Email({ email }: { email: string }) {
  return (
    <CopyButton value={email}>
      {({ copied, copy }) => (
        <UnstyledButton className={classes.email} onClick={copy} aria-label={copied ? 'Copied' : `Copy ${email}`}>
          <span>{email}</span>
          {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        </UnstyledButton>
      )}
    </CopyButton>
  );
}
