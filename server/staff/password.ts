import { hash, verify } from '@node-rs/argon2';

/**
 * Argon2id with OWASP's first recommendation (19 MiB, 2 passes, 1 lane), about 30 ms on a thread of libuv's pool. The parameters
 * stand in every hash, so that they can be raised without breaking old ones.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const passwordLength = { min: 8, max: 128 };

export const hashPassword = (password: string): Promise<string> => hash(password, cost);

export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  return verify(stored, password);
}
