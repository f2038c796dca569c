import type { ExtendedError } from 'socket.io';
import { toAppError } from '../errors.ts';

/** Runs the check of a handshake; a refusal reaches the client as a connect_error whose `data` is `{code, message}`. */
export function refuseHandshake(next: (error?: ExtendedError) => void, check: () => Promise<void>): void {
  check().then(
    () => next(),
    (error: unknown) => {
      const { code, publicMessage } = toAppError(error);
      const refusal: ExtendedError = new Error(publicMessage);
      refusal.data = { code, message: publicMessage };
      next(refusal);
    },
  );
}
