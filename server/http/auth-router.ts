import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { findAgentOfAccount } from '../staff/agent-queries.ts';
import { authBasePath, authOf, clientAddressHeader } from '../staff/auth.ts';
import { hashCredential } from '../staff/credentials.ts';
import { requireOwnPage } from './access.ts';
import { limitedAddress } from './client-address.ts';
import { localsOf } from './locals.ts';
import { answerMethodNotAllowed } from './problems.ts';
import type { RateLimits } from './rate-limits.ts';
import { readJsonBody } from './read-body.ts';
import { validate } from './validate.ts';

const bodyBytesMax = 16 * 1024;

const password = z.string().min(1).max(1_000);
const signIn = z.object({ email: z.email().max(254), password, rememberMe: z.boolean().optional() });
const changePassword = z.object({
  currentPassword: password,
  newPassword: z
    .string()
    .min(8, 'A password has at least 8 characters.')
    .max(128, 'A password has at most 128 characters.'),
  revokeOtherSessions: z.boolean().default(true),
});
const nothing = z.object({});

/** What better-auth answered to a sign-in. */
const signedIn = z.object({ user: z.object({ id: z.string(), email: z.string(), name: z.string() }) });

type AuthDeps = Pick<Deps, 'config' | 'db' | 'log'>;

/**
 * The few calls of better-auth that the console needs, each behind our own checks; everything else it could do does not exist here. Its
 * refusals go out as problems.
 */
export function authRouter(deps: AuthDeps, limits: RateLimits): Router {
  const router = Router();
  const auth = authOf(deps);

  /** Hands a checked request to better-auth and gives its answer; throws when it refused. */
  async function ask(req: Request, path: string, body: unknown): Promise<globalThis.Response> {
    const headers = new Headers({ 'content-type': 'application/json', [clientAddressHeader]: req.ip ?? '' });
    for (const name of ['cookie', 'user-agent'] as const) {
      const value = req.headers[name];
      if (value !== undefined) headers.set(name, value);
    }
    const url = `${deps.config.publicUrl}${authBasePath}${path}`;
    const init = { method: req.method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await auth.handler(new Request(url, init));
    if (!answer.ok) throw toRefusal(answer.status, await answer.text());
    return answer;
  }

  function pass(res: Response, answer: globalThis.Response, body: unknown): void {
    for (const cookie of answer.headers.getSetCookie()) res.append('Set-Cookie', cookie);
    res.set('Cache-Control', 'no-store').json(body);
  }

  async function readBody<Schema extends z.ZodType>(req: Request, res: Response, schema: Schema) {
    if (req.headers.origin !== undefined || req.headers.cookie !== undefined) requireOwnPage(deps, req);
    return validate(schema, (await readJsonBody(req, res, bodyBytesMax)) ?? {}, 'body');
  }

  router.post('/sign-in/email', async (req, res) => {
    localsOf(res).route = `${authBasePath}/sign-in/email`;
    const body = await readBody(req, res, signIn);
    const address = limitedAddress(req);
    if (address) await limits.signInAddress.consume(address);
    const emailKey = hashCredential(body.email.toLowerCase()).toString('base64url');
    await limits.signInEmail.consume(emailKey);
    const answer = await ask(req, '/sign-in/email', body);
    const { user } = signedIn.parse(await answer.json());
    if (!(await findAgentOfAccount(deps.db, user.id))) {
      await endSessions(deps, user.id);
      throw new AppError('unauthenticated', { publicMessage: 'This account is not active. Ask an admin.' });
    }
    await limits.signInEmail.clear(emailKey).catch((error) => deps.log.debug({ err: error }, 'limit not cleared'));
    pass(res, answer, { user });
  });

  router.post('/change-password', async (req, res) => {
    localsOf(res).route = `${authBasePath}/change-password`;
    const body = await readBody(req, res, changePassword);
    const address = limitedAddress(req);
    if (address) await limits.signInAddress.consume(address);
    await limits.signInEmail.consume(hashCredential(req.headers.cookie ?? '').toString('base64url'));
    pass(res, await ask(req, '/change-password', body), { status: true });
  });

  for (const path of ['/sign-out', '/revoke-other-sessions']) {
    router.post(path, async (req, res) => {
      localsOf(res).route = `${authBasePath}${path}`;
      pass(res, await ask(req, path, await readBody(req, res, nothing)), { success: true });
    });
  }
  router.all(
    ['/sign-in/email', '/change-password', '/sign-out', '/revoke-other-sessions'],
    answerMethodNotAllowed(['POST']),
  );
  return router;
}

async function endSessions({ db }: AuthDeps, userId: string): Promise<void> {
  await db.query('delete from auth_sessions where user_id = $1', [userId]);
}

const refusal = z.object({ message: z.string(), code: z.string().optional() });

function toRefusal(status: number, text: string): AppError {
  const parsed = refusal.safeParse(parseJson(text));
  const code = parsed.data?.code;
  if (status === 401 || code === 'INVALID_PASSWORD') {
    return new AppError('unauthenticated', { publicMessage: 'The e-mail address or the password is not right.' });
  }
  if (status === 429) return new AppError('rate_limited', { retryAfterMs: 60_000 });
  if (status >= 500) return new AppError('internal', { detail: `better-auth answered ${status} ${code ?? ''}` });
  return new AppError(status === 403 ? 'forbidden' : 'invalid_input', {
    publicMessage: parsed.data?.message ?? 'The request does not fit.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
