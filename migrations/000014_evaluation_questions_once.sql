-- A question that is searched for alike stands once: the same words whatever their case and spaces, after the same messages, in the
-- same place. `asked` says so in a size that an index takes. Of those that stand twice already the newest stays.
alter table eval_cases add column asked uuid not null generated always as (
  md5(lower(btrim(regexp_replace(question, '[\s\u00a0]+', ' ', 'g')))
    || history::text || coalesce(audience, '') || '/' || coalesce(locale, ''))::uuid
) stored;
update eval_cases c set deleted_at = now() where deleted_at is null and exists (
  select from eval_cases newer where newer.workspace_id = c.workspace_id and newer.asked = c.asked
    and newer.id > c.id and newer.deleted_at is null);
create unique index eval_cases_asked_once on eval_cases (workspace_id, asked) where deleted_at is null;
