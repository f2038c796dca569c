import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { fetchTurns } from '../api/calls.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { exactTime } from '../ui/time.ts';
import { TraceView } from '../ui/trace-view.tsx';
import classes from './drawers.module.css';

type Props = { conversationId: string; turnId: string | undefined; onClose: () => void };

const outcomeWords = {
  answered: 'Answered',
  clarified: 'Asked back',
  abstained: 'Said that it does not know',
  handed_off: 'Handed to the queue',
  superseded: 'Overtaken by a newer message',
  withdrawn: 'Withdrawn after checking',
};

/** How an answer of the assistant came about. */
export function TurnDrawer({ conversationId, turnId, onClose }: Props) {
  return (
    <Drawer
      opened={turnId !== undefined}
      onClose={onClose}
      size={560}
      title="How it came about"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {turnId && <TurnContent conversationId={conversationId} turnId={turnId} />}
    </Drawer>
  );
}

function TurnContent({ conversationId, turnId }: { conversationId: string; turnId: string }) {
  const turns = useQuery({ queryKey: ['turns', conversationId, turnId], queryFn: () => fetchTurns(conversationId) });
  if (turns.isPending) return <SkeletonRows rows={6} height={56} label="Loading the turn" />;
  if (turns.isError) return <ErrorState error={turns.error} onRetry={() => void turns.refetch()} />;
  const turn = turns.data.data.find(({ id }) => id === turnId);
  if (!turn) return <EmptyState>This turn is no longer stored.</EmptyState>;
  return (
    <>
      <p className={classes.lead}>
        {turn.outcome ? outcomeWords[turn.outcome] : 'Not finished yet'}, {exactTime(turn.createdAt)}
        {turn.attempt > 1 && `, attempt ${turn.attempt}`}
      </p>
      {turn.trace ? <TraceView trace={turn.trace} /> : <EmptyState>This turn has no trace yet.</EmptyState>}
    </>
  );
}
