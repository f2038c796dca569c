import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Socket } from 'socket.io';
import type { z } from 'zod';
import type { Ack } from '../../protocol/errors.ts';
import { AppError, errorKinds, toAckError, toAppError } from '../errors.ts';
import type { Log } from '../log.ts';

/** How often one audience may do something; counted per key on each server. */
export type Limit = { consume(key: string): Promise<void> };

export function createLimit(points: number, seconds: number, what: string): Limit {
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  return {
    async consume(key) {
      try {
        await limiter.consume(key);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        const waitSeconds = Math.ceil(error.msBeforeNext / 1000);
        throw new AppError('rate_limited', {
          publicMessage: `Too many ${what} at once. Try again in ${waitSeconds} s.`,
          retryAfterMs: error.msBeforeNext,
        });
      }
    },
  };
}

type Handling<Schema extends z.ZodType, Data> = {
  socket: Socket;
  event: string;
  schema: Schema;
  log: Log;
  /** Throws `rate_limited`. */
  limit: () => Promise<void>;
  run: (payload: z.output<Schema>) => Promise<Data>;
};

/** One client event: limited, parsed once, run, acknowledged. Whatever goes wrong is the answer, never the socket's end. */
export function handleEvent<Schema extends z.ZodType, Data>({
  socket,
  event,
  schema,
  log,
  limit,
  run,
}: Handling<Schema, Data>): void {
  socket.on(event, async (...args: unknown[]) => {
    const ack = args.at(-1);
    const answer = (result: Ack<Data>) => {
      if (typeof ack === 'function') ack(result);
    };
    try {
      await limit();
      const parsed = schema.safeParse(typeof args[0] === 'function' ? undefined : args[0]);
      if (!parsed.success) throw invalidPayload(event, parsed.error);
      answer({ ok: true, data: await run(parsed.data) });
    } catch (error) {
      const failure = toAppError(error);
      if (failure.code === 'unavailable') log.warn({ event, detail: failure.message }, 'socket event failed');
      else if (errorKinds[failure.code].reportable) log.error({ err: failure, event }, 'socket event failed');
      answer({ ok: false, error: toAckError(failure) });
    }
  });
}

function invalidPayload(event: string, error: z.ZodError): AppError {
  const issue = error.issues[0];
  const path = issue?.path.join('.');
  return new AppError('invalid_input', {
    publicMessage: `${event}: ${path ? `${path}: ` : ''}${issue?.message ?? 'not valid'}`,
  });
}
