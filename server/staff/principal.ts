import type { Role } from '../../protocol/staff.ts';

/** The agent on whose behalf something is done: signed in to the console, or named by an API key. */
export type Principal = {
  workspaceId: string;
  agentId: string;
  name: string;
  role: Role;
  via: 'session' | 'api_key';
};
