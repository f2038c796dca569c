import type { Deps } from '../deps.ts';
import { notFound } from '../errors.ts';
import { type ApiKeyRow, deleteApiKey, insertApiKey } from './api-key-queries.ts';
import { hashCredential, newCredential } from './credentials.ts';
import type { Principal } from './principal.ts';

/** Enough to tell keys apart, too little to guess one. */
export const shownPrefix = (key: string): string => key.slice(0, 12);

/** The key itself is in this answer and nowhere else afterwards. */
export async function createApiKey(
  { db }: Pick<Deps, 'db'>,
  principal: Principal,
  input: { name: string; role: 'admin' | 'agent' },
): Promise<ApiKeyRow & { key: string }> {
  const key = newCredential('pk_live_');
  const { workspaceId, agentId } = principal;
  const stored = { prefix: shownPrefix(key), keyHash: hashCredential(key) };
  return { ...(await insertApiKey(db, { workspaceId, agentId, ...input, ...stored })), key };
}

export async function revokeApiKey({ db }: Pick<Deps, 'db'>, principal: Principal, id: string): Promise<void> {
  if (!(await deleteApiKey(db, principal.workspaceId, id))) throw notFound('API key');
}
