import express, { type Request, type Response } from 'express';
import { AppError } from '../errors.ts';

const json = ['application/json', 'application/*+json'];

/** Parses the JSON body of a request; undefined when it has none. Throws what the body parser throws, see problems.ts. */
export async function readJsonBody(req: Request, res: Response, bytesMax: number): Promise<unknown> {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (!hasBody) return undefined;
  if (!req.is(json)) {
    throw new AppError('unsupported_media_type', { publicMessage: 'Send JSON, with Content-Type: application/json.' });
  }
  const parse = express.json({ limit: bytesMax, type: json, strict: false });
  await new Promise<void>((resolve, reject) => {
    parse(req, res, (error?: unknown) => (error ? reject(error) : resolve()));
  });
  return req.body;
}
