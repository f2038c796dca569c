-- Candidates by words come from lists of documents instead of an index of every row's keys: a list is read at a few nanoseconds a
-- document, where fetching a row by its keys took microseconds, and writing a document no longer means hundreds of index entries.
drop index search_rows_by_term;
alter table search_rows drop column keys;
drop function term_keys(sparsevec, int);
drop function term_key(bigint, int, int);
drop function weight_tier(float8);

-- The workspaces that have lists: those with more documents than are scored one by one. The sweeper makes the missing ones.
-- `next_number`: no document ever had it or a higher one. `gone`: how many of those in the lists are there no more. Lists are made, and
-- made anew, some documents at a time, so that nobody who replaces or deletes a document waits for all of them. `made_from`: while that
-- goes on, documents with a lower number, or none, are still to enter; 0: these are the first lists, and searches do without them.
-- Null: every document that is in the statistics is in the lists.
create table inverted_indexes (
  workspace_id uuid primary key references workspaces,
  next_number int not null default 0,
  gone int not null default 0,
  made_from int
);
-- The document behind a number. A document that is in the statistics has one, if its workspace has lists; one that is still in
-- stats_added has none, and a search scores it beside what the lists lead to.
create table posting_documents (
  workspace_id uuid not null,
  number int not null,
  document_id uuid not null,
  primary key (workspace_id, number),
  unique (workspace_id, document_id),
  foreign key (workspace_id, document_id) references document_terms on delete cascade
);
-- The documents in which a term weighs as much as its tier says (server/knowledge/postings.ts), by their numbers within a block of
-- 16,384: two bytes each. What has gone stays in them until the lists are made anew.
create table postings (
  workspace_id uuid not null,
  term int not null,
  tier smallint not null check (tier between 0 and 3),
  block int not null,
  numbers bytea not null,
  primary key (workspace_id, term, tier, block)
) with (fillfactor = 70);
-- room on its page lets a row grow where it stands; numbers do not compress
alter table postings alter column numbers set storage external;
