-- Workspaces, the people on both sides, conversations and what is said in them.
-- Every table carries workspace_id in its key and in every foreign key: no row can even point across workspaces.

create table workspaces (
  id uuid primary key,
  name text not null,
  created_at timestamptz not null default now()
);

create table agents (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  -- the account that signs in; null until an invitation is accepted
  user_id text,
  email text not null,
  name text not null,
  role text not null check (role in ('owner', 'admin', 'agent')),
  status text not null check (status in ('active', 'invited', 'disabled')),
  -- how many open conversations routing may give to this agent
  capacity int not null default 5 check (capacity >= 0),
  presence text not null default 'offline' check (presence in ('online', 'away', 'offline')),
  -- the agent counts as there until this moment; live sockets keep moving it
  present_until timestamptz not null default '-infinity',
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
create unique index agents_email on agents (workspace_id, lower(email));
create index agents_user on agents (user_id);

create table teams (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  primary key (workspace_id, id)
);
create table team_members (
  workspace_id uuid not null,
  team_id uuid not null,
  agent_id uuid not null,
  primary key (workspace_id, team_id, agent_id),
  foreign key (workspace_id, team_id) references teams on delete cascade,
  foreign key (workspace_id, agent_id) references agents on delete cascade
);

create table inboxes (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  -- public: it stands in the pages that embed the widget
  key text not null unique,
  name text not null,
  allowed_origins text[] not null default '{}',
  identity_secret text,
  identity_required boolean not null default false,
  appearance jsonb not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);

create table customers (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  inbox_id uuid not null,
  -- the website's own id for a customer who is signed in there: the identity token's sub
  external_id text,
  email text,
  name text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, inbox_id) references inboxes
);
create unique index customers_external on customers (workspace_id, inbox_id, external_id) where external_id is not null;

-- What a widget proves itself with; only the hash is kept.
create table customer_tokens (
  token_hash bytea primary key,
  workspace_id uuid not null,
  customer_id uuid not null,
  expires_at timestamptz not null,
  foreign key (workspace_id, customer_id) references customers on delete cascade
);
create index customer_tokens_customer on customer_tokens (workspace_id, customer_id);

create table conversations (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  inbox_id uuid not null,
  customer_id uuid not null,
  -- the clientMessageId that opened it: sending it again finds this conversation
  opened_by text not null,
  state text not null check (state in ('assistant', 'waiting', 'agent', 'snoozed', 'resolved')),
  state_changed_at timestamptz not null default now(),
  assignee_id uuid,
  team_id uuid,
  priority text not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
  labels text[] not null default '{}',
  subject text,
  last_seq int not null default 0,
  last_public_seq int not null default 0,
  customer_read_seq int not null default 0,
  agents_read_seq int not null default 0,
  summary text,
  summary_through_seq int not null default 0,
  language text,
  contact_email text,
  snoozed_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, customer_id, opened_by),
  foreign key (workspace_id, inbox_id) references inboxes,
  foreign key (workspace_id, customer_id) references customers,
  foreign key (workspace_id, assignee_id) references agents,
  foreign key (workspace_id, team_id) references teams,
  check ((state in ('agent', 'snoozed')) = (assignee_id is not null)),
  check ((state = 'snoozed') = (snoozed_until is not null))
);
create index conversations_by_update on conversations (workspace_id, updated_at desc, id desc);
create index conversations_of_customer on conversations (workspace_id, customer_id, updated_at desc);
create index conversations_held on conversations (workspace_id, assignee_id) where state in ('agent', 'snoozed');
create index conversations_snoozed on conversations (snoozed_until) where state = 'snoozed';

-- Every change of state, with its reason and time.
create table conversation_transitions (
  workspace_id uuid not null,
  conversation_id uuid not null,
  id uuid not null,
  from_state text not null,
  to_state text not null,
  reason text not null,
  actor_kind text not null check (actor_kind in ('customer', 'assistant', 'agent', 'system')),
  actor_id uuid,
  at timestamptz not null default now(),
  primary key (workspace_id, conversation_id, id),
  foreign key (workspace_id, conversation_id) references conversations on delete cascade
);

create table messages (
  workspace_id uuid not null,
  conversation_id uuid not null,
  seq int not null check (seq >= 1),
  id uuid not null,
  -- the message before it that a customer can see; 0 for the first
  prev_public_seq int not null,
  author_kind text not null check (author_kind in ('customer', 'assistant', 'agent', 'system')),
  author_id uuid,
  author_name text,
  client_message_id text,
  body text not null,
  visibility text not null default 'public' check (visibility in ('public', 'note')),
  status text not null default 'complete' check (status in ('streaming', 'complete', 'failed')),
  citations jsonb not null default '[]',
  offer text check (offer in ('human')),
  turn_id uuid,
  confidence real,
  helpful boolean,
  created_at timestamptz not null default now(),
  primary key (workspace_id, conversation_id, seq),
  unique (workspace_id, id),
  unique (workspace_id, conversation_id, client_message_id),
  foreign key (workspace_id, conversation_id) references conversations on delete cascade,
  check (visibility = 'public' or author_kind in ('agent', 'system'))
);

-- One attempt of the assistant to deal with what the customer last said. pending → running → done | failed.
create table turns (
  workspace_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  through_seq int not null,
  state text not null default 'pending' check (state in ('pending', 'running', 'done', 'failed')),
  outcome text check (outcome in ('answered', 'clarified', 'abstained', 'handed_off', 'superseded', 'withdrawn')),
  attempt int not null default 0,
  lease_until timestamptz,
  -- after this moment the customer is handed to people, whatever the assistant is doing
  deadline_at timestamptz not null,
  message_id uuid,
  trace jsonb,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (workspace_id, id),
  -- one outcome for each customer message
  unique (workspace_id, conversation_id, through_seq),
  foreign key (workspace_id, conversation_id) references conversations on delete cascade,
  check ((state in ('done', 'failed')) = (outcome is not null))
);
-- at most one open turn in a conversation
create unique index turns_open on turns (workspace_id, conversation_id) where state in ('pending', 'running');
-- the sweeper's
create index turns_unfinished on turns (created_at) where state in ('pending', 'running');

-- A conversation's way to people. pending: in line; done: an agent has it, or it ended without one.
create table handoffs (
  workspace_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  state text not null default 'pending' check (state in ('pending', 'running', 'done', 'failed')),
  attempt int not null default 0,
  lease_until timestamptz,
  reason text not null,
  detail text,
  brief jsonb not null,
  -- agents who gave it back: routing does not hand it to them again
  declined_by uuid[] not null default '{}',
  requested_at timestamptz not null default now(),
  assigned_at timestamptz,
  agent_id uuid,
  primary key (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversations on delete cascade,
  foreign key (workspace_id, agent_id) references agents
);
create unique index handoffs_open on handoffs (workspace_id, conversation_id) where state in ('pending', 'running');
create index handoffs_waiting on handoffs (workspace_id, requested_at) where state in ('pending', 'running');
create index handoffs_of_conversation on handoffs (workspace_id, conversation_id, requested_at desc);

create table ratings (
  workspace_id uuid not null,
  conversation_id uuid not null,
  score int not null check (score between 1 and 5),
  comment text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, conversation_id),
  foreign key (workspace_id, conversation_id) references conversations on delete cascade
);
