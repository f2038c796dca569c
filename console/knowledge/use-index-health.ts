import { notifications } from '@mantine/notifications';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { EmbeddingSpace, IndexHealth } from '../../protocol/spaces.ts';
import {
  activateSpace,
  deleteSpace,
  fetchIndexHealth,
  fillSpace,
  reindexDocument,
  retryIndexing,
} from '../api/calls.ts';
import { errorText } from '../api/http.ts';
import { showUndo } from '../ui/action-notification.tsx';

const busyPollMs = 2_000;
const idlePollMs = 30_000;

const isFilling = ({ fill, vectors }: EmbeddingSpace) =>
  fill.state === 'pending' || fill.state === 'running' || vectors.index === 'building';
const isBusy = ({ spaces, documents }: IndexHealth) =>
  documents.pending > 0 || documents.running > 0 || spaces.some(isFilling);

const healthQuery = queryOptions({
  queryKey: ['index-health'],
  queryFn: fetchIndexHealth,
  refetchInterval: ({ state }) => (state.data && isBusy(state.data) ? busyPollMs : idlePollMs),
});

/** The state of the index, read again while one looks: soon where something is under way, now and then otherwise. */
export const useIndexHealth = () => useQuery(healthQuery);

/** What admins do with the index. Each says what went wrong, and the page reads itself anew. */
export function useIndexActions() {
  const queries = useQueryClient();
  const settled = () =>
    Promise.all([queries.invalidateQueries(healthQuery), queries.invalidateQueries({ queryKey: ['documents'] })]);
  const failed = (error: unknown) =>
    notifications.show({ color: 'red', title: 'That did not work', message: errorText(error) });
  const common = { onSettled: settled, onError: failed };
  const undoing = useMutation({ mutationFn: activateSpace, ...common });
  return {
    reindex: useMutation({ mutationFn: reindexDocument, ...common }),
    retryAll: useMutation({
      mutationFn: retryIndexing,
      ...common,
      onSuccess: ({ documents }) =>
        notifications.show({
          message: documents === 1 ? 'One document is in line again.' : `${documents} documents are in line again.`,
        }),
    }),
    fill: useMutation({ mutationFn: fillSpace, ...common }),
    remove: useMutation({ mutationFn: deleteSpace, ...common }),
    activate: useMutation({
      mutationFn: ({ to }: { to: EmbeddingSpace; from: EmbeddingSpace | undefined }) => activateSpace(to.id),
      ...common,
      onSuccess: (_health, { to, from }) => {
        const message = `Search now uses ${to.model}.`;
        if (from) showUndo(message, () => undoing.mutate(from.id));
        else notifications.show({ message });
      },
    }),
  };
}
export type IndexActions = ReturnType<typeof useIndexActions>;
