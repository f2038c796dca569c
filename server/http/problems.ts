import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import multer from 'multer';
import { AppError, errorKinds, toAppError, toProblem } from '../errors.ts';
import { localsOf } from './locals.ts';

/** Answers every error as RFC 9457 says; what is ours to look into is logged with its cause. */
export const answerProblem: ErrorRequestHandler = (thrown, _req, res, _next) => {
  const error = fromLibrary(thrown) ?? toAppError(thrown);
  const { log, route } = localsOf(res);
  if (errorKinds[error.code].reportable) log.error({ err: error, code: error.code, route }, 'request failed');
  if (res.headersSent) {
    res.destroy();
    return;
  }
  sendProblem(res, error);
};

export function sendProblem(res: Response, error: AppError): void {
  if (error.retryAfterMs !== undefined) res.setHeader('Retry-After', Math.ceil(error.retryAfterMs / 1000));
  if (error.code === 'unauthenticated') res.setHeader('WWW-Authenticate', 'Bearer');
  res.setHeader('Cache-Control', 'no-store');
  res
    .status(errorKinds[error.code].status)
    .type('application/problem+json')
    .send(JSON.stringify(toProblem(error, localsOf(res).requestId)));
}

export const answerNotFound: RequestHandler = () => {
  throw new AppError('not_found', { publicMessage: 'There is nothing at this address.' });
};

/** For an address that exists, asked by a method that does not. */
export const answerMethodNotAllowed =
  (allowed: string[]): RequestHandler =>
  (req, res) => {
    res.setHeader('Allow', allowed.join(', '));
    throw new AppError('method_not_allowed', {
      publicMessage: `${req.method} is not possible here. It takes ${allowed.join(', ')}.`,
    });
  };

/** What express's body parsers and multer throw, in our own codes. */
function fromLibrary(error: unknown): AppError | undefined {
  if (error instanceof AppError || !(error instanceof Error)) return undefined;
  if (error instanceof multer.MulterError) {
    const tooLarge = error.code === 'LIMIT_FILE_SIZE' || error.code === 'LIMIT_FIELD_VALUE';
    return new AppError(tooLarge ? 'payload_too_large' : 'invalid_input', {
      publicMessage: tooLarge ? 'The file is too large.' : 'Send one part named "file".',
      cause: error,
    });
  }
  if (error instanceof URIError) {
    return new AppError('malformed_request', { publicMessage: 'The address is not readable.', cause: error });
  }
  const status = 'status' in error ? error.status : undefined;
  const type = 'type' in error ? error.type : undefined;
  if (status === 413) {
    const limit = 'limit' in error ? ` It may have ${String(error.limit)} bytes.` : '';
    return new AppError('payload_too_large', { publicMessage: `The body is too large.${limit}`, cause: error });
  }
  if (status === 415) {
    return new AppError('unsupported_media_type', { publicMessage: 'Send JSON in UTF-8.', cause: error });
  }
  if (type === 'entity.parse.failed') {
    return new AppError('malformed_request', { publicMessage: 'The body is not valid JSON.', cause: error });
  }
  if (status === 400) {
    return new AppError('malformed_request', { publicMessage: 'The body could not be read.', cause: error });
  }
  return undefined;
}
