import type { Agent } from '../../protocol/staff.ts';
import type { PoolClient } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { AppError, notFound } from '../errors.ts';
import { ensureAccount, findAccount } from './account-queries.ts';
import { findAgentByEmail, hasAccount, insertAgent, updateAgent } from './agent-queries.ts';
import { hashCredential, newCredential } from './credentials.ts';
import { activateAgent, findInvitation, saveInvitation, takeInvitation } from './invitation-queries.ts';
import { hashPassword, verifyPassword } from './password.ts';
import type { Principal } from './principal.ts';

/**
 * Adds an agent who can sign in once they have opened the link and chosen a password. Inviting an address again that has not accepted
 * yet makes a new link and ends the old one; one that has is a conflict.
 */
export async function inviteAgent(
  { config, db }: Pick<Deps, 'config' | 'db'>,
  principal: Principal,
  input: { email: string; name: string; role: 'agent' | 'admin' },
): Promise<{ agent: Agent; inviteUrl: string; again: boolean }> {
  const { workspaceId } = principal;
  const token = newCredential('inv_');
  const { agent, again } = await transaction(db, async (tx) => {
    const made = await insertAgent(tx, { workspaceId, ...input, status: 'invited', userId: undefined });
    const invited = made ?? (await reviveInvited(tx, principal, input));
    await saveInvitation(tx, { workspaceId, agentId: invited.id, tokenHash: hashCredential(token) });
    return { agent: invited, again: made === undefined };
  });
  return { agent, inviteUrl: `${config.publicUrl}/console/invite/${token}`, again };
}

/** The agent of this address, invited once more; throws when they have accepted before. */
async function reviveInvited(
  tx: PoolClient,
  { workspaceId, role: inviter }: Principal,
  { email, name, role }: { email: string; name: string; role: 'agent' | 'admin' },
): Promise<Agent> {
  const before = await findAgentByEmail(tx, workspaceId, email);
  if (!before || (await hasAccount(tx, workspaceId, before.id))) throw thereAlready();
  // whoever gets the link becomes what the invitation is for
  if (before.role === 'owner' && inviter !== 'owner') {
    throw new AppError('forbidden', { publicMessage: 'Only an owner can invite an owner again.' });
  }
  const kept = before.role === 'owner' ? undefined : role;
  const revived = await updateAgent(tx, { workspaceId, id: before.id, name, role: kept, status: 'invited' });
  if (!revived) throw thereAlready();
  return revived;
}

const thereAlready = () =>
  new AppError('conflict', { publicMessage: 'An agent with this e-mail address is there already.' });

export async function readInvitation(
  { db }: Pick<Deps, 'db'>,
  token: string,
): Promise<{ email: string; name: string; workspaceName: string }> {
  const found = await findInvitation(db, hashCredential(token));
  if (!found) throw notFound('invitation');
  return { email: found.email, name: found.name, workspaceName: found.workspaceName };
}

/**
 * Makes the account and the agent active, once. An address that has an account already, from another workspace, keeps its password, and
 * has to give it: whoever finds the link must not take the account over.
 */
export async function acceptInvitation(
  { db }: Pick<Deps, 'db'>,
  { token, password }: { token: string; password: string },
): Promise<{ email: string }> {
  const tokenHash = hashCredential(token);
  const invitation = await findInvitation(db, tokenHash);
  if (!invitation) throw notFound('invitation');
  const { email, name, workspaceId, agentId } = invitation;
  const existing = await findAccount(db, email);
  const isProven = existing?.passwordHash ? await verifyPassword(existing.passwordHash, password) : false;
  if (existing?.passwordHash && !isProven) {
    throw new AppError('forbidden', {
      publicMessage: 'This e-mail address has an account already. Give its password.',
    });
  }
  const passwordHash = await hashPassword(password);

  await transaction(db, async (tx) => {
    if (!(await takeInvitation(tx, tokenHash))) throw notFound('invitation');
    const { userId, made } = await ensureAccount(tx, { email, name, passwordHash });
    if (!made && !isProven)
      throw new AppError('conflict', { publicMessage: 'An account was made just now. Try again.' });
    if (!(await activateAgent(tx, { workspaceId, agentId, userId }))) throw notFound('invitation');
  });
  return { email };
}
