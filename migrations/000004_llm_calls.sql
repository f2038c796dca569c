-- The ledger: every call to a model, what it was for and what it cost.
create table llm_calls (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  turn_id uuid,
  purpose text not null,
  provider text not null,
  model text not null,
  status text not null check (status in ('ok', 'failed', 'aborted')),
  reason text,
  input_tokens int not null default 0,
  output_tokens int not null default 0,
  -- counted by us: the provider did not say
  tokens_estimated boolean not null default false,
  cost_usd numeric(12, 8) not null default 0,
  -- false: the model is in no price list, and a cost of 0 means nothing
  price_known boolean not null default false,
  first_token_ms int,
  duration_ms int not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
create index llm_calls_by_time on llm_calls (workspace_id, created_at desc);
create index llm_calls_of_turn on llm_calls (workspace_id, turn_id) where turn_id is not null;
