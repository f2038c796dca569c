import { z } from 'zod';
import { presenceStatus } from './agent.ts';
import { id, storable, timestamp } from './common.ts';
import { inboxAppearance } from './widget.ts';

/** What people call something or someone. */
const givenName = z
  .string()
  .max(120)
  .transform((text) => storable(text).trim())
  .refine((text) => text.length > 0, 'A name needs some text.');

export const role = z.enum(['owner', 'admin', 'agent']);
export type Role = z.infer<typeof role>;

export const agent = z.object({
  id,
  email: z.string(),
  name: z.string(),
  role,
  status: z.enum(['active', 'invited', 'disabled']),
  presence: presenceStatus,
  createdAt: timestamp,
});
export type Agent = z.infer<typeof agent>;

export const newAgent = z.object({
  email: z.email('email looks like "mara@example.com".').max(254),
  name: givenName,
  role: z.enum(['agent', 'admin']).default('agent'),
});

/** `inviteUrl` opens the page where the new agent chooses a password; it works once, for seven days. */
export const invitedAgent = agent.extend({ inviteUrl: z.string() });

/** An agent who has not accepted the invitation yet cannot be made active; `disabled` takes it back. */
export const agentPatch = z
  .object({ name: newAgent.shape.name, role, status: z.enum(['active', 'disabled']) })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'Nothing to change.');

/** What the page behind an `inviteUrl` shows. */
export const invitation = z.object({ email: z.string(), name: z.string(), workspaceName: z.string() });

export const acceptInvitation = z.object({
  token: z.string().min(1).max(200),
  password: z
    .string()
    .min(8, 'A password has at least 8 characters.')
    .max(128, 'A password has at most 128 characters.'),
});

export const newApiKey = z.object({
  name: givenName,
  role: z.enum(['admin', 'agent']).default('admin'),
});

/** Acts as the agent who made it, with the lesser of the two roles. */
export const apiKey = z.object({
  id,
  name: z.string(),
  role: z.enum(['admin', 'agent']),
  /** The start of the key, to tell keys apart. */
  prefix: z.string(),
  agentId: id,
  /** `environment`: made from PARLEY_API_KEY on each start. */
  source: z.enum(['staff', 'environment']),
  createdAt: timestamp,
  /** To the minute. */
  lastUsedAt: timestamp.nullable(),
});
export type ApiKey = z.infer<typeof apiKey>;

/** The key itself, this once. */
export const createdApiKey = apiKey.extend({ key: z.string() });

/** Who is signed in. */
export const session = z.object({
  agent: z.object({ id, email: z.string(), name: z.string(), role }),
  workspace: z.object({ id, name: z.string() }),
});
export type Session = z.infer<typeof session>;

const origin = z
  .string()
  .max(300)
  .refine(
    (value) => value === '*' || (URL.canParse(value) && new URL(value).origin === value),
    'An origin looks like "https://shop.example", without a path; "*" allows every one.',
  );

export const newInbox = z.object({
  name: givenName,
  allowedOrigins: z.array(origin).max(50).default([]),
  /** For HS256 identity tokens; never shown again. */
  identitySecret: z.string().min(32, 'A secret has at least 32 characters.').max(500).optional(),
  identityRequired: z.boolean().default(false),
  appearance: inboxAppearance.partial().optional(),
});
export const inboxPatch = z
  .object({
    name: newInbox.shape.name,
    allowedOrigins: z.array(origin).max(50),
    identitySecret: z.string().min(32, 'A secret has at least 32 characters.').max(500).nullable(),
    identityRequired: z.boolean(),
    appearance: inboxAppearance.partial(),
  })
  .partial();

export const inbox = z.object({
  id,
  key: z.string(),
  name: z.string(),
  allowedOrigins: z.array(z.string()),
  hasIdentitySecret: z.boolean(),
  identityRequired: z.boolean(),
  appearance: inboxAppearance,
  createdAt: timestamp,
});
export type Inbox = z.infer<typeof inbox>;
