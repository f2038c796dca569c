import { IconCircleCheck, IconHourglassHigh, IconMoon, IconSparkles, IconUser } from '@tabler/icons-react';
import type { AgentConversation } from '../../protocol/conversation.ts';
import { stateWords } from './conversation-words.ts';
import classes from './state-label.module.css';

const icons = {
  assistant: IconSparkles,
  waiting: IconHourglassHigh,
  agent: IconUser,
  snoozed: IconMoon,
  resolved: IconCircleCheck,
};

type Props = { conversation: AgentConversation; selfId: string; detail?: string | undefined };

/** The state of a conversation by icon and word; colour only helps. */
export function StateLabel({ conversation, selfId, detail }: Props) {
  const Icon = icons[conversation.state];
  return (
    <span className={classes.label} data-state={conversation.state}>
      <Icon size={14} stroke={1.75} aria-hidden />
      <span className={classes.word}>{stateWords(conversation, selfId)}</span>
      {detail && <span className={`tabular ${classes.detail}`}>{detail}</span>}
    </span>
  );
}
