import type { Deps } from '../deps.ts';
import { hashCredential } from '../staff/credentials.ts';
import { extendToken, findTokenHolder } from './customer-queries.ts';
import { mayUseInbox, type Source } from './origins.ts';

export type AuthenticatedCustomer = {
  workspaceId: string;
  customerId: string;
  inboxId: string;
  /** The website has vouched for who they are. */
  verified: boolean;
  /** The inbox takes messages of verified customers only. */
  identityRequired: boolean;
};

/**
 * Whose token this is. A browser on a website that the inbox does not allow gets nothing for it; a caller that is no browser
 * has no Origin, and the token is enough.
 */
export async function authenticateCustomer(
  deps: Pick<Deps, 'config' | 'db' | 'log'>,
  token: string,
  source: Source = {},
): Promise<AuthenticatedCustomer | undefined> {
  const tokenHash = hashCredential(token);
  const holder = await findTokenHolder(deps.db, tokenHash);
  if (!holder) return undefined;
  if (source.origin !== undefined && !mayUseInbox(deps.config, holder.allowedOrigins, source)) return undefined;
  if (holder.stale) {
    extendToken(deps.db, tokenHash).catch((error) =>
      deps.log.debug({ err: error }, 'the life of a customer token not extended'),
    );
  }
  return {
    workspaceId: holder.workspaceId,
    customerId: holder.id,
    inboxId: holder.inboxId,
    verified: holder.externalId !== null,
    identityRequired: holder.identityRequired,
  };
}
