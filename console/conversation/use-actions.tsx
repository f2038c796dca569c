import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { AgentConversation } from '../../protocol/conversation.ts';
import { type ConversationCommand, commandConversation } from '../api/calls.ts';
import { errorText } from '../api/http.ts';
import { agentsQuery } from '../app/queries.ts';
import { useLive } from '../live/live-context.tsx';
import { withConversation, withConversations } from '../live/live-state.ts';
import { predict, undoOf, wordsOf } from '../live/predict.ts';
import { showUndo } from '../ui/action-notification.tsx';

export type RunCommand = (conversation: AgentConversation, command: ConversationCommand) => Promise<void>;

/**
 * Carries out what an agent does with a conversation: shown at once, taken back if the server refuses, and offered to be
 * undone where that is possible.
 */
export function useActions(): RunCommand {
  const live = useLive();
  const queries = useQueryClient();
  return useCallback(
    async (before, command) => {
      const agents = queries.getQueryData(agentsQuery.queryKey)?.data ?? [];
      const guess = predict(before, command, live.self, agents);
      live.store.update((state) => withConversation(state, guess));
      try {
        const { conversation } = await commandConversation(before.id, command);
        live.store.update((state) => withConversations(state, [conversation]));
        const undo = undoOf(before, command, live.self);
        const message = wordsOf(command, agents, live.self);
        if (undo) showUndo(message, () => void takeBack(conversation, undo));
        else notifications.show({ message });
      } catch (error) {
        // Only the guess is taken back; what the server has told meanwhile stays.
        live.store.update((state) =>
          state.conversations.get(before.id) === guess ? withConversation(state, before) : state,
        );
        notifications.show({ color: 'red', title: 'That did not work', message: errorText(error) });
      }

      async function takeBack(now: AgentConversation, undo: ConversationCommand) {
        const latest = live.store.get().conversations.get(now.id) ?? now;
        const undone = predict(latest, undo, live.self, agents);
        live.store.update((state) => withConversation(state, undone));
        try {
          const { conversation } = await commandConversation(now.id, undo);
          live.store.update((state) => withConversations(state, [conversation]));
        } catch (error) {
          live.store.update((state) =>
            state.conversations.get(now.id) === undone ? withConversation(state, latest) : state,
          );
          notifications.show({ color: 'red', title: 'It could not be undone', message: errorText(error) });
        }
      }
    },
    [live, queries],
  );
}
