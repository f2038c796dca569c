import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Chat } from '../chat/create-chat.ts';
import type { ChatState } from '../store/chat.ts';
import type { Speech } from '../words.ts';

/** What every part of the panel needs. */
export type Panel = Speech & {
  chat: Chat;
  state: ChatState;
  fullscreen: boolean;
  close(): void;
};

export const PanelContext = createContext<Panel | undefined>(undefined);

export function usePanel(): Panel {
  const panel = useContext(PanelContext);
  if (!panel) throw new Error('usePanel outside the panel');
  return panel;
}
