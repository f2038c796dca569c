import { announceConversation, announceMessage, announceQueue } from '../conversations/announce.ts';
import { lockConversation } from '../conversations/conversation-queries.ts';
import { insertMessage, type MessageRow } from '../conversations/message-queries.ts';
import { systemLines } from '../conversations/system-lines.ts';
import { transition } from '../conversations/transition.ts';
import type { PoolClient } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { chooseAgent } from './choose-agent.ts';
import { type AvailableAgent, listAvailableAgents, listWaiting } from './queries.ts';

/** How far down the line one run looks; the next run goes on. */
const lookAhead = 50;

type Assigned = { conversationId: string; customerId: string; message: MessageRow };

/**
 * Hands those who wait to the agents who are there. One at a time per workspace (an advisory lock), so that two routers never
 * overfill an agent; a conversation at a time, so that no transaction holds more than one. Returns how many were assigned.
 */
export async function routeWaiting(deps: Pick<Deps, 'db' | 'publish' | 'log'>, workspaceId: string): Promise<number> {
  let assigned = 0;
  while (assigned < lookAhead) {
    const next = await transaction(deps.db, (tx) => assignNext(tx, workspaceId));
    if (!next) break;
    assigned += 1;
    announceMessage(deps, { workspaceId, ...next }, next.message);
    await announceConversation(deps, workspaceId, next.conversationId);
  }
  await announceQueue(deps, workspaceId);
  return assigned;
}

async function assignNext(tx: PoolClient, workspaceId: string): Promise<Assigned | undefined> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('route:' || $1, 0))`, [workspaceId]);
  const agents = await listAvailableAgents(tx, workspaceId);
  if (agents.length === 0) return undefined;
  for (const waiting of await listWaiting(tx, workspaceId, lookAhead)) {
    const agent = chooseAgent(waiting, agents);
    const assigned = agent && (await assign(tx, workspaceId, waiting.conversationId, agent));
    if (assigned) return assigned;
  }
  return undefined;
}

async function assign(
  tx: PoolClient,
  workspaceId: string,
  conversationId: string,
  agent: AvailableAgent,
): Promise<Assigned | undefined> {
  const conversation = await lockConversation(tx, workspaceId, conversationId);
  if (conversation?.state !== 'waiting') return undefined;
  await transition(tx, conversation, {
    event: 'claim',
    actor: { kind: 'system' },
    reason: 'routed',
    assigneeId: agent.id,
  });
  const message = await insertMessage(tx, conversation, {
    id: newId(),
    author: { kind: 'system' },
    body: systemLines.agentJoined(agent.name),
  });
  return { conversationId, customerId: conversation.customerId, message };
}
