-- Documents, their versions and chunks, and the search index.
create extension if not exists vector;

-- Vectors of one space may be compared with each other: same provider, model and length. `key` is the narrow name of it in the
-- rows of the index. `calibration`: what turns the scores of a search into the chance that the answer is there.
create table embedding_spaces (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  key int generated always as identity unique,
  provider text not null,
  model text not null,
  dimensions int not null check (dimensions > 0),
  calibration jsonb,
  -- how many documents there were when it was calibrated, and when that last began
  calibrated_documents int not null default 0,
  calibration_started_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, provider, model, dimensions)
);

-- Anything in the knowledge base. Its indexing is a row's life: pending → running → done | failed, and pending again with a new version.
create table documents (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  external_id text,
  kind text not null check (kind in ('article', 'file')),
  title text not null,
  url text,
  locale text not null,
  audience text not null check (audience in ('public', 'internal')),
  status text not null check (status in ('published', 'draft')),
  -- the newest version, and the one that search finds; null before the first is indexed
  version int not null default 1,
  live_version int,
  live_space_id uuid,
  index_state text not null default 'pending' check (index_state in ('pending', 'running', 'done', 'failed')),
  index_error text,
  index_attempt int not null default 0,
  index_lease_until timestamptz,
  -- since when the work of indexing is due
  index_requested_at timestamptz not null default now(),
  chunk_count int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  foreign key (workspace_id, live_space_id) references embedding_spaces,
  check (live_version <= version),
  check ((index_state = 'running') = (index_lease_until is not null)),
  check (index_state <> 'failed' or index_error is not null),
  check ((live_version is null) = (live_space_id is null))
);
create index documents_by_update on documents (workspace_id, updated_at desc, id desc);
-- the sweeper's
create index documents_unfinished on documents (index_requested_at) where index_state in ('pending', 'running');

-- What a version says: `body` as it was written, in `format`; `markdown` once it is parsed.
create table document_versions (
  workspace_id uuid not null,
  document_id uuid not null,
  version int not null check (version >= 1),
  title text not null,
  format text not null check (format in ('markdown', 'html', 'text', 'pdf', 'docx', 'csv')),
  body text,
  markdown text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, document_id, version),
  foreign key (workspace_id, document_id) references documents on delete cascade
);

-- Uploaded bytes. In the database, because a worker may run on another machine.
create table document_files (
  workspace_id uuid not null,
  document_id uuid not null,
  version int not null,
  file_name text not null,
  media_type text not null,
  bytes bytea not null,
  primary key (workspace_id, document_id, version),
  foreign key (workspace_id, document_id, version) references document_versions on delete cascade
);

-- A passage of a version. A chunk is never changed, and stays as long as its version: citations point to it.
-- `terms`: the hashes of its stems in their order, four bytes each, to find the best window of it and adjacent pairs;
-- `context_terms`: those of the title and the headings above it.
create table chunks (
  workspace_id uuid not null,
  id uuid not null,
  document_id uuid not null,
  version int not null,
  position int not null,
  heading_path text[] not null,
  text text not null,
  tokens int not null,
  terms bytea not null,
  context_terms bytea not null,
  primary key (workspace_id, id),
  unique (workspace_id, document_id, version, position),
  foreign key (workspace_id, document_id, version) references document_versions on delete cascade
);

-- The index: every row can be scored alone. `lexical`: hash of a stem → the part of BM25F that does not depend on the question;
-- multiplied with the question's weights it is the score. Scope 0: a chunk. 1: a whole document, under its first chunk's id.
-- 2: a document that is one chunk, so both. Only live versions have rows. workspace_key is a hash of workspace_id, a narrow way
-- to a workspace's rows that the planner does not combine with other indexes.
create table search_rows (
  chunk_id uuid not null,
  scope smallint not null check (scope in (0, 1, 2)),
  space_key int not null references embedding_spaces (key),
  workspace_id uuid not null,
  document_id uuid not null,
  workspace_key int not null,
  locale text not null,
  audience text not null,
  published boolean not null,
  embedding halfvec not null,
  lexical sparsevec(1000000000) not null,
  primary key (chunk_id, scope, space_key, workspace_id),
  foreign key (workspace_id, chunk_id) references chunks on delete cascade
) with (toast_tuple_target = 8160); -- what is scored stays in the row as long as it fits on a page
create index search_rows_of_workspace on search_rows (workspace_key, audience, locale);
create index search_rows_of_document on search_rows (document_id);

-- What a live document adds to the statistics, so that it can be taken away again.
create table document_terms (
  workspace_id uuid not null,
  document_id uuid not null,
  language text not null,
  terms int[] not null,
  words text[] not null,
  title_length int not null,
  body_length int not null,
  primary key (workspace_id, document_id),
  foreign key (workspace_id, document_id) references documents on delete cascade
);

-- In how many live documents a stem occurs, and every word as it is written (to guess what a misspelt one means).
create table term_stats (
  workspace_id uuid not null references workspaces,
  term int not null,
  documents int not null,
  primary key (workspace_id, term)
);
create table word_stats (
  workspace_id uuid not null references workspaces,
  word text not null,
  documents int not null,
  primary key (workspace_id, word)
);
create table language_stats (
  workspace_id uuid not null references workspaces,
  language text not null,
  documents int not null,
  title_length bigint not null,
  body_length bigint not null,
  primary key (workspace_id, language)
);
-- Changes of the statistics, written with the documents they come from and added up later: counting in place would make every
-- indexing job wait for every other.
create table stats_deltas (
  workspace_id uuid not null references workspaces,
  id bigint generated always as identity,
  change smallint not null check (change in (-1, 1)),
  language text not null,
  terms int[] not null,
  words text[] not null,
  title_length int not null,
  body_length int not null,
  primary key (workspace_id, id)
);
