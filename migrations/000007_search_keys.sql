-- Search without scoring every row. Who may see a row, in which language, is a facet: a small number that reaches the rows of a
-- filter on the exact path, and salts the keys by which candidates are found on the other.
create table search_facets (
  workspace_id uuid not null references workspaces,
  audience text not null check (audience in ('public', 'internal')),
  locale text not null,
  key int generated always as identity unique,
  -- counted when the statistics are added up: it only decides how to search, so it may be a little old
  rows int not null default 0,
  primary key (workspace_id, audience, locale)
);

-- The heavier a term weighs in a text, the higher its tier. The same cuts as in server/knowledge/term-keys.ts.
create function weight_tier(weight float8) returns int language sql immutable parallel safe
  return case when weight >= 2.3 then 3 when weight >= 1.6 then 2 when weight >= 1.05 then 1 else 0 end;

-- One number for a term in a tier and a facet: linear, for the terms are hashes already. The same as in term-keys.ts.
create function term_key(term bigint, tier int, facet int) returns int language sql immutable parallel safe
  return ((term * 2654435 + facet::bigint * 1640531 + tier::bigint * 715827883) % 2147483647)::int;

-- The keys of a row of the index, from its weights: for what moves to another facet without being indexed anew.
create function term_keys(lexical sparsevec, facet int) returns int[] language sql immutable parallel safe
  return (select coalesce(array_agg(term_key(split_part(entry, ':', 1)::bigint, weight_tier(split_part(entry, ':', 2)::float8), facet)), '{}')
    from regexp_split_to_table(substring(lexical::text from '{(.+)}'), ',') entry);

insert into search_facets (workspace_id, audience, locale, rows)
  select workspace_id, audience, locale, count(*) from search_rows group by workspace_id, audience, locale;
alter table search_rows add column facet int references search_facets (key), add column keys int[];
update search_rows r set facet = f.key, keys = case when scope > 0 then term_keys(r.lexical, f.key) else '{}' end
  from search_facets f where f.workspace_id = r.workspace_id and f.audience = r.audience and f.locale = r.locale;
alter table search_rows alter column facet set not null, alter column keys set not null;
-- without statistics the plan does not depend on which keys are asked for
alter table search_rows alter column keys set statistics 0;
drop index search_rows_of_workspace;
alter table search_rows drop column workspace_key, drop column audience, drop column locale;
create index search_rows_of_facet on search_rows (facet);
-- the rows that stand for documents (scope above 0) by what they say
create index search_rows_by_term on search_rows using gin (keys) with (fastupdate = off) where scope > 0;

-- In how many documents a stem weighs how much: the budget of candidates is spent by these.
alter table document_terms add column tiers smallint[] not null default '{}';
alter table stats_deltas add column tiers smallint[] not null default '{}';
alter table term_stats add column tier1 int not null default 0, add column tier2 int not null default 0, add column tier3 int not null default 0;

with weights as (
  select r.workspace_id, r.document_id, split_part(entry, ':', 1)::int as term, weight_tier(split_part(entry, ':', 2)::float8) as tier
  from search_rows r, regexp_split_to_table(substring(r.lexical::text from '{(.+)}'), ',') entry where r.scope > 0),
tiers as (
  select d.workspace_id, d.document_id, array_agg(coalesce(w.tier, 0)::smallint order by t.place) as tiers
  from document_terms d cross join unnest(d.terms) with ordinality t (term, place)
  left join weights w on w.workspace_id = d.workspace_id and w.document_id = d.document_id and w.term = t.term
  group by d.workspace_id, d.document_id)
update document_terms d set tiers = t.tiers from tiers t where t.workspace_id = d.workspace_id and t.document_id = d.document_id;
-- what the live documents say is all that there is to add up
delete from stats_deltas;
delete from term_stats;
delete from word_stats;
delete from language_stats;
insert into term_stats (workspace_id, term, documents, tier1, tier2, tier3)
  select workspace_id, term, count(*), count(*) filter (where tier = 1), count(*) filter (where tier = 2), count(*) filter (where tier = 3)
  from document_terms, unnest(terms, tiers) t (term, tier) group by workspace_id, term;
insert into word_stats (workspace_id, word, documents)
  select workspace_id, word, count(*) from document_terms, unnest(words) word group by workspace_id, word;
insert into language_stats (workspace_id, language, documents, title_length, body_length)
  select workspace_id, language, count(*), sum(title_length), sum(body_length) from document_terms group by workspace_id, language;
