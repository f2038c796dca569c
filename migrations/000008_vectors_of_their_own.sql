-- Vectors get a table of their own: several embedding spaces side by side, and rows that are searched before they are in a vector
-- index. search_rows keeps what is found by words, which no embedding model changes.

-- filling → active ⇄ kept: exactly one space of a workspace is searched, and a switch moves two states in one transaction.
--   filling: a new model's; a job gives it the vectors of all documents, then it becomes active unless `switches_itself` is false
--   active:  searched, and written to with every document
--   kept:    was active before, so that the switch can be undone; what is written meanwhile it lacks until it is filled again
-- fill_*: the work of giving every live document its vectors; due while fill_state is not done.
alter table embedding_spaces
  add column state text not null default 'active' check (state in ('filling', 'active', 'kept')),
  add column switches_itself boolean not null default true,
  add column activated_at timestamptz,
  -- how much meaning counts in the fusion; null: as usual for the provider
  add column semantic_share real check (semantic_share between 0 and 1),
  add column fill_state text not null default 'done' check (fill_state in ('pending', 'running', 'done', 'failed')),
  add column fill_error text check (fill_state <> 'failed' or fill_error is not null),
  add column fill_attempt int not null default 0,
  add column fill_requested_at timestamptz not null default now(),
  add column fill_lease_until timestamptz check ((fill_state = 'running') = (fill_lease_until is not null)),
  -- since when this filling runs, and how many documents had vectors then: its rate
  add column fill_started_at timestamptz,
  add column fill_started_with int not null default 0,
  add unique (workspace_id, key);
-- of several spaces the one that most documents are in is searched
with ranked as (
  select s.workspace_id, s.id, row_number() over (partition by s.workspace_id order by
    (select count(*) from documents d where d.workspace_id = s.workspace_id and d.live_space_id = s.id) desc, s.created_at desc) as place
  from embedding_spaces s)
update embedding_spaces s set state = case when place = 1 then 'active' else 'kept' end, activated_at = s.created_at
  from ranked r where r.workspace_id = s.workspace_id and r.id = s.id;
create unique index embedding_spaces_active on embedding_spaces (workspace_id) where state = 'active';
-- the sweeper's
create index embedding_spaces_due on embedding_spaces (fill_requested_at) where fill_state in ('pending', 'running');

-- One vector for each chunk and, for a document of several chunks, one for its beginning; scopes as in search_rows. `facet`: who may
-- find it; null while it is not published. `indexed`: it is in the vector index of its space, if there is one; until then it is
-- scored exactly. Only live versions have rows.
create table search_vectors (
  document_id uuid not null,
  chunk_id uuid not null,
  scope smallint not null check (scope in (0, 1, 2)),
  space_key int not null,
  workspace_id uuid not null,
  facet int references search_facets (key),
  indexed boolean not null default false,
  embedding halfvec not null,
  primary key (document_id, chunk_id, scope, space_key, workspace_id),
  foreign key (workspace_id, document_id) references documents on delete cascade,
  foreign key (workspace_id, space_key) references embedding_spaces (workspace_id, key)
) with (toast_tuple_target = 8160);
insert into search_vectors (document_id, chunk_id, scope, space_key, workspace_id, facet, indexed, embedding)
  select document_id, chunk_id, scope, space_key, workspace_id, case when published then facet end, true, embedding from search_rows;
create index search_vectors_of_facet on search_vectors (facet, space_key);
create index search_vectors_not_indexed on search_vectors (space_key) where not indexed;

-- Scope 0: a chunk. 1: a whole document, under its first chunk's id. 2: a document that is one chunk, so both. Rows that stand for
-- documents are found by their facet or their keys, those of chunks by their document. What is a chunk has its stems in their order
-- too, four bytes each, for a close look: `terms` its own, `context_terms` those of the title and the headings above it.
create table new_search_rows (
  document_id uuid not null,
  chunk_id uuid not null,
  scope smallint not null check (scope in (0, 1, 2)),
  workspace_id uuid not null,
  facet int references search_facets (key),
  lexical sparsevec(1000000000) not null,
  keys int[],
  terms bytea,
  context_terms bytea,
  check ((scope = 1) = (terms is null) and (scope = 1) = (context_terms is null)),
  primary key (document_id, chunk_id, scope, workspace_id),
  foreign key (workspace_id, document_id) references documents on delete cascade
) with (toast_tuple_target = 8160);
insert into new_search_rows (document_id, chunk_id, scope, workspace_id, facet, lexical, keys, terms, context_terms)
  select r.document_id, r.chunk_id, r.scope, r.workspace_id, case when r.published and r.scope > 0 then r.facet end, r.lexical,
    case when r.published and r.scope > 0 then r.keys end, case when r.scope <> 1 then c.terms end, case when r.scope <> 1 then c.context_terms end
  from search_rows r join chunks c on c.workspace_id = r.workspace_id and c.id = r.chunk_id;
drop table search_rows;
alter table chunks drop column terms, drop column context_terms;
alter table new_search_rows rename to search_rows;
alter index new_search_rows_pkey rename to search_rows_pkey;
alter table search_rows alter column keys set statistics 0;
create index search_rows_of_facet on search_rows (facet) where facet is not null;
create index search_rows_by_term on search_rows using gin (keys) with (fastupdate = off) where scope > 0;

alter table documents drop column live_space_id;

-- Which rules of analysis a live document's words were read by: those of older rules are indexed again.
alter table document_terms add column analysis int not null default 1;

-- What is still to be added to the statistics: documents that came, by name, and what has gone, whole. Searches do not read it; a
-- term that is not counted yet is looked for as a rare one.
create table stats_added (
  workspace_id uuid not null,
  document_id uuid not null,
  primary key (workspace_id, document_id),
  foreign key (workspace_id, document_id) references document_terms on delete cascade
);
create table stats_removed (
  workspace_id uuid not null references workspaces,
  id bigint generated always as identity,
  language text not null,
  terms int[] not null,
  tiers smallint[] not null,
  words text[] not null,
  title_length int not null,
  body_length int not null,
  primary key (workspace_id, id)
);

-- A misspelt word is looked up by what is left of it when one letter is left out: two words one slip apart have such a rest in common.
create function word_variants(workspace uuid, word text) returns int[] language sql immutable parallel safe
  return (select array_agg(distinct ('x' || left(md5(workspace::text || rest), 8))::bit(32)::int)
    from (select word as rest union all
          select left(word, place - 1) || substr(word, place + 1) from generate_series(1, length(word)) place) rests);
drop table stats_deltas;
delete from term_stats;
delete from word_stats;
delete from language_stats;
alter table word_stats add column variants int[];
alter table word_stats alter column variants set statistics 0;
create index word_stats_by_variant on word_stats using gin (variants) with (fastupdate = off);
insert into term_stats (workspace_id, term, documents, tier1, tier2, tier3)
  select workspace_id, term, count(*), count(*) filter (where tier = 1), count(*) filter (where tier = 2), count(*) filter (where tier = 3)
  from document_terms, unnest(terms, tiers) t (term, tier) group by workspace_id, term;
insert into word_stats (workspace_id, word, documents, variants)
  select workspace_id, word, count(*), word_variants(workspace_id, word) from document_terms, unnest(words) word group by workspace_id, word;
insert into language_stats (workspace_id, language, documents, title_length, body_length)
  select workspace_id, language, count(*), sum(title_length), sum(body_length) from document_terms group by workspace_id, language;

-- How many documents and vectors (of the active space) each facet holds.
alter table search_facets rename column rows to vectors;
alter table search_facets add column documents int not null default 0;
update search_facets f set documents = (select count(*) from search_rows r where r.facet = f.key and r.scope > 0),
  vectors = (select count(*) from search_vectors v join embedding_spaces s on s.key = v.space_key and s.state = 'active' where v.facet = f.key);
