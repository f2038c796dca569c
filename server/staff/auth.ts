import { betterAuth } from 'better-auth';
import { PostgresDialect } from 'kysely';
import type { Deps } from '../deps.ts';
import { newId } from '../ids.ts';
import { hashPassword, passwordLength, verifyPassword } from './password.ts';
import { loadSecret } from './secret.ts';

type AuthDeps = Pick<Deps, 'config' | 'db' | 'log'>;

export const authBasePath = '/api/auth';
/** Set by our own front on each request that it hands to better-auth; never taken from outside. */
export const clientAddressHeader = 'x-parley-client-address';

const timestamps = { createdAt: 'created_at', updatedAt: 'updated_at' };

/**
 * Sign-in with e-mail and password, sessions in Postgres. Accounts are made by invitation only (see invitations.ts), limits and the
 * check of the origin are ours (server/http): one place for both kinds of staff.
 *
 * `transaction: false`: the embedded Postgres has one session, and better-auth's transactions hold a connection while its hooks ask the
 * pool for another. None of the calls that we let through writes more than one row that matters.
 */
function createAuth({ config, db, log }: AuthDeps) {
  return betterAuth({
    appName: 'Parley',
    baseURL: config.publicUrl,
    basePath: authBasePath,
    secret: loadSecret(config),
    database: { dialect: new PostgresDialect({ pool: db }), type: 'postgres', transaction: false },
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      log: (level, message) => log[level === 'error' ? 'warn' : 'debug']({ from: 'better-auth' }, message),
    },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(hash, password) },
    },
    user: { modelName: 'auth_users', fields: { emailVerified: 'email_verified', ...timestamps } },
    session: {
      modelName: 'auth_sessions',
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        ...timestamps,
      },
      expiresIn: 7 * 24 * 3600,
      updateAge: 24 * 3600,
      // a session that was ended must stop at once
      cookieCache: { enabled: false },
    },
    account: {
      modelName: 'auth_accounts',
      fields: {
        userId: 'user_id',
        providerId: 'provider_id',
        accountId: 'account_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        ...timestamps,
      },
    },
    verification: { modelName: 'auth_verifications', fields: { expiresAt: 'expires_at', ...timestamps } },
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'parley',
      useSecureCookies: config.publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      database: { generateId: newId },
      // both are checked before a request gets here, against the Host it came to as well
      disableOriginCheck: true,
      disableCSRFCheck: true,
    },
  });
}

export type Auth = ReturnType<typeof createAuth>;

const made = new WeakMap<Deps['config'], Auth>();

/** One for each composition root: HTTP and the handshake of the agents' sockets share it. */
export function authOf(deps: AuthDeps): Auth {
  const existing = made.get(deps.config);
  if (existing) return existing;
  const auth = createAuth(deps);
  made.set(deps.config, auth);
  return auth;
}
