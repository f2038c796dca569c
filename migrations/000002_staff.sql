-- Accounts, sessions and API keys of the staff; what an HTTP request needs to be repeatable.

-- The four tables of better-auth, with its columns; an account may be an agent in a workspace (agents.user_id).
create table auth_users (
  id text primary key,
  name text not null,
  email text not null unique check (email = lower(email)),
  email_verified boolean not null default false,
  image text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table auth_sessions (
  id text primary key,
  user_id text not null references auth_users on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index auth_sessions_user on auth_sessions (user_id);
create index auth_sessions_expiry on auth_sessions (expires_at);

create table auth_accounts (
  id text primary key,
  user_id text not null references auth_users on delete cascade,
  provider_id text not null,
  account_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  -- argon2id, in its own notation
  password text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider_id, account_id)
);
create index auth_accounts_user on auth_accounts (user_id);

create table auth_verifications (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index auth_verifications_identifier on auth_verifications (identifier);

alter table agents add foreign key (user_id) references auth_users;
-- an account is at most one agent of a workspace
create unique index agents_account on agents (workspace_id, user_id) where user_id is not null;

-- One open invitation for each invited agent; a new one replaces it. Only the hash of its token is kept.
create table invitations (
  workspace_id uuid not null,
  agent_id uuid not null,
  token_hash bytea not null unique,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, agent_id),
  foreign key (workspace_id, agent_id) references agents on delete cascade
);

create table api_keys (
  workspace_id uuid not null,
  id uuid not null,
  -- acts as this agent, with the lesser of the two roles
  agent_id uuid not null,
  name text not null,
  role text not null check (role in ('admin', 'agent')),
  -- what is shown of it
  prefix text not null,
  key_hash bytea not null unique,
  -- environment: made from PARLEY_API_KEY; at most one
  source text not null default 'staff' check (source in ('staff', 'environment')),
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, agent_id) references agents on delete cascade
);
create unique index api_keys_environment on api_keys (workspace_id) where source = 'environment';

-- Answers to POST requests that came with an Idempotency-Key, for a day. status is null while the first is still running.
create table idempotency_keys (
  workspace_id uuid not null references workspaces,
  agent_id uuid not null,
  key text not null,
  request_hash bytea not null,
  -- which run of the handler holds it: one that took too long has lost it to the next
  run_id uuid not null,
  status int,
  -- JSON; sealed where the answer holds a secret
  body bytea,
  created_at timestamptz not null default now(),
  primary key (workspace_id, agent_id, key),
  foreign key (workspace_id, agent_id) references agents on delete cascade
);
-- the sweeper's
create index idempotency_keys_age on idempotency_keys (created_at);

create index customer_tokens_expiry on customer_tokens (expires_at);
