import type { z } from 'zod';
import type { Inbox, inboxPatch, newInbox } from '../../protocol/staff.ts';
import type { InboxAppearance } from '../../protocol/widget.ts';
import type { Deps } from '../deps.ts';
import { AppError, notFound } from '../errors.ts';
import { findInbox, type InboxRow, insertInbox, updateInbox } from './inbox-queries.ts';

export const defaultAppearance: InboxAppearance = {
  color: '#0f766e',
  greeting: 'Hello. How can we help?',
  suggestions: [],
  position: 'right',
};

/** As admins see it: the identity secret goes in and never comes out. */
export function toInbox({ identitySecret, workspaceId: _, ...row }: InboxRow): Inbox {
  return { ...row, hasIdentitySecret: identitySecret !== null, createdAt: row.createdAt.toISOString() };
}

export async function createInbox(
  { db }: Pick<Deps, 'db'>,
  workspaceId: string,
  input: z.output<typeof newInbox>,
): Promise<Inbox> {
  if (input.identityRequired && !input.identitySecret) throw secretMissing();
  const row = await insertInbox(db, {
    workspaceId,
    name: input.name,
    allowedOrigins: input.allowedOrigins,
    identitySecret: input.identitySecret ?? null,
    identityRequired: input.identityRequired,
    appearance: { ...defaultAppearance, ...input.appearance },
  });
  return toInbox(row);
}

export async function changeInbox(
  { db }: Pick<Deps, 'db'>,
  { workspaceId, id }: { workspaceId: string; id: string },
  patch: z.output<typeof inboxPatch>,
): Promise<Inbox> {
  const before = await findInbox(db, workspaceId, id);
  if (!before) throw notFound('inbox');
  const secret = patch.identitySecret === undefined ? before.identitySecret : patch.identitySecret;
  if ((patch.identityRequired ?? before.identityRequired) && secret === null) throw secretMissing();
  const row = await updateInbox(db, { workspaceId, id, ...patch });
  if (!row) throw notFound('inbox');
  return toInbox(row);
}

const secretMissing = () =>
  new AppError('invalid_input', {
    publicMessage: 'An inbox that requires identity needs an identity secret.',
    errors: [{ path: 'identitySecret', message: 'Required while identityRequired is true.' }],
  });
