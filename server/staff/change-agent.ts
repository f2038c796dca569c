import type { z } from 'zod';
import type { Agent, agentPatch } from '../../protocol/staff.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { AppError, notFound } from '../errors.ts';
import { deleteSessionsOfAgent, findAgent, hasAccount, lockActiveOwners, updateAgent } from './agent-queries.ts';
import { deleteInvitation } from './invitation-queries.ts';
import type { Principal } from './principal.ts';

/**
 * Changes an agent. Only an owner makes owners or touches one; the last active owner stays. Who is disabled is signed out at once,
 * their API keys rest, and what they hold returns to the queue with the next sweep, for they count as gone.
 */
export async function changeAgent(
  { db }: Pick<Deps, 'db'>,
  principal: Principal,
  id: string,
  patch: z.output<typeof agentPatch>,
): Promise<Agent> {
  const { workspaceId } = principal;
  return transaction(db, async (tx) => {
    const owners = await lockActiveOwners(tx, workspaceId);
    const before = await findAgent(tx, workspaceId, id);
    if (!before) throw notFound('agent');
    const touchesOwner = before.role === 'owner' || patch.role === 'owner';
    if (touchesOwner && principal.role !== 'owner') {
      throw new AppError('forbidden', { publicMessage: 'Only an owner can change owners.' });
    }
    const leaves = patch.status === 'disabled' || (patch.role !== undefined && patch.role !== 'owner');
    if (leaves && owners.length === 1 && owners[0] === id) {
      throw new AppError('conflict', { publicMessage: 'The last owner stays. Make another agent an owner first.' });
    }
    if (patch.status === 'active' && before.status !== 'active' && !(await hasAccount(tx, workspaceId, id))) {
      throw new AppError('conflict', {
        publicMessage: 'The invitation has not been accepted. Invite the agent again.',
      });
    }
    const after = await updateAgent(tx, { workspaceId, id, ...patch });
    if (!after) throw notFound('agent');
    if (patch.status === 'disabled') {
      await deleteSessionsOfAgent(tx, workspaceId, id);
      await deleteInvitation(tx, workspaceId, id);
    }
    return after;
  });
}
