import { QueryClient, queryOptions } from '@tanstack/react-query';
import { fetchAgents, fetchInboxes, fetchSession } from '../api/calls.ts';
import { ApiError } from '../api/http.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // What the server refused stays refused; only what it could not do is worth asking again.
      retry: (failures, error) => failures < 2 && (!(error instanceof ApiError) || error.status >= 500),
    },
  },
});

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: fetchSession,
  staleTime: 5 * 60_000,
});

export const agentsQuery = queryOptions({ queryKey: ['agents'], queryFn: fetchAgents });
export const inboxesQuery = queryOptions({ queryKey: ['inboxes'], queryFn: fetchInboxes });
