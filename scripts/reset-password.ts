import { parseConfig } from '../server/config.ts';
import { createPool } from '../server/db/pool.ts';
import { transaction } from '../server/db/transaction.ts';
import { startEmbedded } from '../server/embedded/start-embedded.ts';
import { replacePassword } from '../server/staff/account-queries.ts';
import { newCredential } from '../server/staff/credentials.ts';
import { hashPassword } from '../server/staff/password.ts';

/**
 * npm run reset-password -- owner@example.com
 * Gives the account a new password, prints it once, and signs it out everywhere. On the embedded services, stop Parley first.
 */
const email = process.argv[2];
if (!email) {
  console.error('Say whose password: npm run reset-password -- owner@example.com');
  process.exit(1);
}

const config = parseConfig(process.env);
const embedded = config.databaseUrl ? undefined : await startEmbedded({ dataDir: config.dataDir }).catch(fail);
const db = createPool(config.databaseUrl ?? embedded?.databaseUrl ?? '', 1, () => undefined);
const password = newCredential('', 12);
const passwordHash = await hashPassword(password);
const replaced = await transaction(db, (tx) => replacePassword(tx, email, passwordHash)).catch(fail);
await db.end();
await embedded?.stop();
if (!replaced) fail(new Error(`Nobody signs in with ${email}.`));
console.log(`${email} now signs in with ${password}`);

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
