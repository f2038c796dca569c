import type { z } from 'zod';
import { AppError } from '../errors.ts';

type Issue = { path: string; message: string };

/** Parses one part of a request; throws invalid_input that names every field at fault. */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, part: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors: Issue[] = parsed.error.issues.map((issue) => ({
    path: issue.path.map(String).join('.') || part,
    message: issue.message,
  }));
  const [first] = errors;
  throw new AppError('invalid_input', {
    publicMessage: first ? `${first.path}: ${first.message}` : 'The request does not fit.',
    errors,
  });
}
