import { useMatch } from '@tanstack/react-router';
import type { Session } from '../../protocol/staff.ts';

export const useSession = (): Session => useMatch({ from: '/app' }).context.session;

/** Admins and owners change the knowledge base and the settings; agents read. */
export const useIsAdmin = (): boolean => useSession().agent.role !== 'agent';
