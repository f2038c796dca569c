import type { Request } from 'express';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { isOwnOrigin } from '../own-origin.ts';
import { authenticateApiKey, authenticateSession, hasRole } from '../staff/authenticate.ts';
import { hashCredential } from '../staff/credentials.ts';
import type { Principal } from '../staff/principal.ts';
import type { RateLimits } from './rate-limits.ts';

type AccessDeps = Pick<Deps, 'config' | 'db' | 'log'>;

/**
 * Who calls, by API key or by the console's cookie; throws when nobody does, or not with the role it takes. A request that changes
 * something by cookie must come from one of our own pages, because a browser sends the cookie for any.
 */
export async function requirePrincipal(
  deps: AccessDeps,
  limits: RateLimits,
  req: Request,
  least: 'staff' | 'admin',
): Promise<Principal> {
  const principal = await authenticate(deps, limits, req);
  if (least === 'admin' && !hasRole(principal, 'admin')) {
    throw new AppError('forbidden', { publicMessage: 'This takes an admin.' });
  }
  return principal;
}

async function authenticate(deps: AccessDeps, limits: RateLimits, req: Request): Promise<Principal> {
  const { authorization, cookie } = req.headers;
  if (authorization !== undefined) {
    const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    const principal = key ? await authenticateApiKey(deps, key) : undefined;
    if (!key || !principal) throw new AppError('unauthenticated', { publicMessage: 'The API key is not valid.' });
    await limits.apiKey.consume(hashCredential(key).toString('base64url'));
    return principal;
  }
  const principal = await authenticateSession(deps, { cookie });
  if (!principal) {
    throw new AppError('unauthenticated', {
      publicMessage: 'Sign in, or send an API key: Authorization: Bearer pk_….',
    });
  }
  if (req.method !== 'GET' && req.method !== 'HEAD') requireOwnPage(deps, req);
  await limits.apiKey.consume(principal.agentId);
  return principal;
}

export function requireOwnPage({ config }: Pick<Deps, 'config'>, req: Request): void {
  if (isOwnOrigin(config, req.headers)) return;
  throw new AppError('forbidden', {
    publicMessage:
      'The request does not come from one of our own pages. Set PUBLIC_URL to the address that browsers use.',
  });
}
