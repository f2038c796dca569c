import { z } from 'zod';
import { AppError } from '../errors.ts';

const place = z.tuple([z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d$/), z.uuid()]);

export type Place = { updatedAt: string; id: string };

export const writeCursor = ({ updatedAt, id }: Place): string =>
  Buffer.from(JSON.stringify([updatedAt, id])).toString('base64url');

export function readCursor(cursor: string): Place {
  try {
    const [updatedAt, id] = place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (Number.isNaN(Date.parse(`${updatedAt}:00`))) throw new Error('not a time');
    return { updatedAt, id };
  } catch (cause) {
    throw new AppError('invalid_input', { publicMessage: 'The cursor is not one of ours.', cause });
  }
}
