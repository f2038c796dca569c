import { createHash, randomBytes } from 'node:crypto';

/** Keys and tokens are random, so a plain SHA-256 keeps them: there is nothing to guess. */
export const hashCredential = (credential: string): Buffer => createHash('sha256').update(credential).digest();

export const newCredential = (prefix: string, bytes = 32): string =>
  `${prefix}${randomBytes(bytes).toString('base64url')}`;
