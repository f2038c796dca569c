-- A run is work of the background: a row first, pending → running → done | failed. One that is done has its figures.
alter table eval_runs
  add column state text not null default 'done' check (state in ('pending', 'running', 'done', 'failed')),
  add column attempt int not null default 0,
  add column requested_at timestamptz not null default now(),
  add column lease_until timestamptz,
  add column cases_done int not null default 0,
  add column cases_total int not null default 0,
  add column error text,
  alter column figures drop not null,
  alter column took_ms drop not null,
  add check ((figures is not null and took_ms is not null) = (state = 'done')),
  add check ((error is not null) = (state = 'failed')),
  add check ((lease_until is not null) = (state = 'running'));
alter table eval_runs alter column state set default 'pending';
-- one at a time for a workspace; and what the sweeper looks for
create unique index eval_runs_under_way on eval_runs (workspace_id) where state in ('pending', 'running');
