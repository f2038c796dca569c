-- An automation that acts by API key keeps what it holds for a while, but is nobody whom routing may give a conversation to:
-- it must not keep its agent online who has left.
alter table agents add column acting_until timestamptz not null default '-infinity';
