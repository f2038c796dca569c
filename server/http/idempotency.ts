import { createHash } from 'node:crypto';
import type { Deps } from '../deps.ts';
import { AppError, errorKinds } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Principal } from '../staff/principal.ts';
import type { Reply } from './endpoint.ts';
import { claimKey, findKept, keepAnswer, releaseKey, type Scope } from './idempotency-queries.ts';
import type { Seal } from './seal.ts';

export type RepeatableRequest = {
  principal: Principal;
  key: string;
  method: string;
  /** The path with its parameters filled in. */
  path: string;
  /** Undefined for multipart: then only the address is compared, for the file is read by the handler. */
  body: unknown;
  /** The answer is kept in sealed form only. */
  secret: boolean;
};

type Stored =
  | { reply: Reply }
  | { error: { code: AppError['code']; publicMessage: string; extra?: Record<string, unknown> } };

/**
 * Runs a request with an Idempotency-Key once: a repeat gets the first one's answer, refusals included; a repeat while the first still
 * runs is told to come back. What failed on our side, or was turned away for its rate, is not kept and may be tried again.
 */
export function createIdempotency({ db, log }: Pick<Deps, 'db' | 'log'>, seal: Seal) {
  return async function once(
    request: RepeatableRequest,
    run: () => Promise<Reply>,
  ): Promise<{ reply: Reply; replayed: boolean }> {
    const { workspaceId, agentId } = request.principal;
    if (!/^[\x21-\x7e]{1,255}$/.test(request.key)) {
      throw new AppError('invalid_input', { publicMessage: 'Idempotency-Key has 1 to 255 visible ASCII characters.' });
    }
    const scope: Scope = { workspaceId, agentId, key: request.key };
    const requestHash = hashRequest(request);
    const runId = newId();
    if (!(await claimKey(db, scope, { id: runId, requestHash }))) return replay(scope, requestHash, request.secret);

    const keep = (status: number, stored: Stored) => {
      const text = JSON.stringify(stored);
      const body = request.secret ? seal.close(text) : Buffer.from(text);
      return keepAnswer(db, scope, { runId, status, body });
    };
    try {
      const reply = await run();
      await keep(reply.status, { reply });
      return { reply, replayed: false };
    } catch (error) {
      if (isKept(error)) {
        const { code, publicMessage, extra } = error;
        await keep(errorKinds[code].status, { error: { code, publicMessage, ...(extra ? { extra } : {}) } });
      } else {
        await releaseKey(db, scope, runId).catch((failure) =>
          log.warn({ err: failure }, 'idempotency key not released'),
        );
      }
      throw error;
    }
  };

  async function replay(scope: Scope, requestHash: Buffer, secret: boolean) {
    const kept = await findKept(db, scope);
    if (kept && !kept.requestHash.equals(requestHash)) {
      throw new AppError('idempotency_mismatch', {
        publicMessage: 'This Idempotency-Key was used for another request. Take a new one.',
      });
    }
    if (!kept?.body) {
      throw new AppError('conflict', {
        publicMessage: 'The first request with this Idempotency-Key is still running.',
        retryAfterMs: 1_000,
      });
    }
    const stored: Stored = JSON.parse(secret ? seal.open(kept.body) : kept.body.toString('utf8'));
    if ('error' in stored) throw new AppError(stored.error.code, stored.error);
    return { reply: stored.reply, replayed: true };
  }
}

const isKept = (error: unknown): error is AppError =>
  error instanceof AppError && errorKinds[error.code].status < 500 && error.code !== 'rate_limited';

function hashRequest({ method, path, body }: RepeatableRequest): Buffer {
  return createHash('sha256').update(`${method} ${path}\n`).update(toText(body)).digest();
}

function toText(body: unknown): string {
  try {
    return JSON.stringify(body ?? null);
  } catch (cause) {
    // parsing goes deeper than writing does
    throw new AppError('malformed_request', { publicMessage: 'The body is nested too deeply.', cause });
  }
}
