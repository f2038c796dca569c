import type { ExtendedError, Socket } from 'socket.io';
import { errorKinds, toAppError } from '../errors.ts';

/**
 * Runs the check of a handshake. A refusal reaches the client as a connect_error whose `data` is `{code, message}`, after which
 * socket.io's client does not try again by itself. So where trying again may help (the database is away for a moment), the
 * connection is closed instead, as a broken network would: every client comes back from that.
 */
export function refuseHandshake(
  socket: Socket,
  next: (error?: ExtendedError) => void,
  check: () => Promise<void>,
): void {
  check().then(
    () => next(),
    (error: unknown) => {
      const { code, publicMessage } = toAppError(error);
      if (errorKinds[code].retryable) {
        socket.conn.close();
        return;
      }
      const refusal: ExtendedError = new Error(publicMessage);
      refusal.data = { code, message: publicMessage };
      next(refusal);
    },
  );
}
