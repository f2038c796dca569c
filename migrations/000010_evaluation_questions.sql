-- Questions whose right answers are known: what search is measured by.

-- `audience`, `locale`: where it was searched; null is everywhere. `last_*`: of the latest run that counted it; `last_rank` null: the
-- right document was not among the first ten. A deleted one is kept for an hour, so that deleting can be undone.
create table eval_cases (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  question text not null check (question <> ''),
  -- earlier messages, oldest first: [{role, body}]
  history jsonb not null default '[]',
  answerable boolean not null,
  audience text check (audience in ('public', 'internal')),
  locale text,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  last_rank int check (last_rank >= 1),
  last_confidence real,
  last_run_at timestamptz,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, created_by) references agents (workspace_id, id),
  check (last_rank is null or last_run_at is not null)
);

-- The documents that answer a question, with their titles at that time. A document that is deleted leaves its line: then it is null.
create table eval_case_documents (
  workspace_id uuid not null,
  case_id uuid not null,
  place int not null,
  document_id uuid,
  title text not null,
  primary key (workspace_id, case_id, place),
  unique (workspace_id, case_id, document_id),
  foreign key (workspace_id, case_id) references eval_cases on delete cascade,
  foreign key (workspace_id, document_id) references documents on delete set null (document_id)
);
create index eval_case_documents_of_document on eval_case_documents (workspace_id, document_id);

-- Each run with its figures, so that the next one can be compared with it.
create table eval_runs (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  started_by uuid not null,
  figures jsonb not null,
  took_ms int not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, started_by) references agents (workspace_id, id)
);
