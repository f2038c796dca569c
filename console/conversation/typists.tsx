import type { AgentConversation } from '../../protocol/conversation.ts';
import { useLiveState } from '../live/live-context.tsx';
import type { Typist } from '../live/live-state.ts';
import { customerName } from '../ui/customer-name.ts';
import classes from './messages.module.css';

const nobody: readonly Typist[] = [];

/** Its line is always there, so that nothing moves when somebody begins to type. */
export function Typists({ conversation }: { conversation: AgentConversation }) {
  const typists = useLiveState((state) => state.typists.get(conversation.id) ?? nobody);
  const names = typists.map((typist) => {
    if (typist.kind === 'customer') return customerName(conversation);
    return typist.name ?? (typist.kind === 'assistant' ? 'The assistant' : 'An agent');
  });
  return (
    <p className={classes.typing} role="status">
      {names.length > 0 && `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} typing…`}
    </p>
  );
}
