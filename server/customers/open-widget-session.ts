import type { WidgetSession, WidgetSessionRequest } from '../../protocol/widget.ts';
import { listCustomerConversations } from '../conversations/read-conversations.ts';
import type { PoolClient } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { AppError, notFound } from '../errors.ts';
import { hashCredential, newCredential } from '../staff/credentials.ts';
import {
  type CustomerRow,
  deleteToken,
  extendToken,
  findTokenHolder,
  insertAnonymousCustomer,
  insertToken,
  mergeCustomer,
  type TokenHolder,
  upsertVerifiedCustomer,
} from './customer-queries.ts';
import { type Identity, verifyIdentityToken } from './identity-token.ts';
import { findInboxByKey, type InboxRow, isAnyoneOnline } from './inbox-queries.ts';
import { mayUseInbox, type Source } from './origins.ts';

type Opened = { customer: CustomerRow; customerToken: string; mergedFrom?: string };

/**
 * Lets a widget in. A token that is unknown, expired or of another inbox is not an error: its bearer becomes a new anonymous customer.
 * A valid userJwt decides who the customer is, whatever the token says.
 */
export async function openWidgetSession(
  deps: Pick<Deps, 'config' | 'db' | 'clock' | 'log' | 'publish'>,
  input: WidgetSessionRequest,
  source: Source,
): Promise<WidgetSession> {
  const { db } = deps;
  const inbox = await findInboxByKey(db, input.inboxKey);
  if (!inbox) throw notFound('inbox');
  if (!mayUseInbox(deps.config, inbox.allowedOrigins, source)) {
    throw new AppError('origin_not_allowed', {
      publicMessage: 'The inbox does not allow this website. An admin adds its origin to the inbox.',
    });
  }
  if (inbox.identityRequired && !input.userJwt) {
    throw new AppError('identity_required', { publicMessage: 'This inbox needs userJwt, the identity of a customer.' });
  }
  const identity = input.userJwt
    ? await verifyIdentityToken(input.userJwt, inbox.identitySecret, deps.clock.now())
    : undefined;
  const opened = await openFor(deps, inbox, input.customerToken, identity);
  // sockets of the same customer in other tabs hold the token that has just ended
  if (opened.mergedFrom) deps.publish.toCustomer(opened.mergedFrom, 'resync:needed', {});

  const { customer, customerToken } = opened;
  const scope = { workspaceId: inbox.workspaceId, customerId: customer.id };
  return {
    customerToken,
    customer: { id: customer.id, verified: customer.externalId !== null },
    inbox: {
      name: inbox.name,
      appearance: inbox.appearance,
      online: await isAnyoneOnline(db, inbox.workspaceId),
    },
    conversations: await listCustomerConversations(db, scope),
  };
}

async function openFor(
  { db }: Pick<Deps, 'db'>,
  inbox: InboxRow,
  token: string | undefined,
  identity: Identity | undefined,
): Promise<Opened> {
  const tokenHash = token === undefined ? undefined : hashCredential(token);
  const holder = tokenHash && (await findTokenHolder(db, tokenHash));
  const known = holder && holder.workspaceId === inbox.workspaceId && holder.inboxId === inbox.id ? holder : undefined;

  if (token !== undefined && tokenHash && known && (!identity || known.externalId === identity.externalId)) {
    if (known.stale) await extendToken(db, tokenHash);
    if (identity) await upsertVerifiedCustomer(db, { ...scopeOf(inbox), ...identity });
    return { customer: known, customerToken: token };
  }
  return transaction(db, async (tx) => {
    const opened = identity
      ? await becomeVerified(tx, { inbox, identity, known })
      : { customer: await insertAnonymousCustomer(tx, scopeOf(inbox)) };
    // whoever was here before on this browser has left it
    if (known && tokenHash) await deleteToken(tx, tokenHash);
    const customerToken = newCredential('ct_');
    const { workspaceId, id: customerId } = opened.customer;
    await insertToken(tx, { workspaceId, customerId, tokenHash: hashCredential(customerToken) });
    return { ...opened, customerToken };
  });
}

const scopeOf = (inbox: InboxRow) => ({ workspaceId: inbox.workspaceId, inboxId: inbox.id });

/**
 * The verified customer. What an anonymous one wrote in this browser before signing in follows them: whoever holds the token could read
 * it already, so nobody learns anything new. Conversations of another verified customer never move.
 */
async function becomeVerified(
  tx: PoolClient,
  { inbox, identity, known }: { inbox: InboxRow; identity: Identity; known: TokenHolder | undefined },
): Promise<{ customer: CustomerRow; mergedFrom?: string }> {
  const customer = await upsertVerifiedCustomer(tx, { ...scopeOf(inbox), ...identity });
  if (!known || known.externalId !== null) return { customer };
  await mergeCustomer(tx, { workspaceId: inbox.workspaceId, from: known.id, to: customer.id });
  return { customer, mergedFrom: known.id };
}
