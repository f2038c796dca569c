-- A document has a key for each of its terms, and each was an insertion of its own into the index: a third of what writing a document
-- cost here. Now they are gathered, and about a hundred documents go into the index together, in order. A search reads what waits one by
-- one, so it is kept short here, and every fold of the statistics empties it.
alter index search_rows_by_term set (fastupdate = on, gin_pending_list_limit = 256);

-- A fold makes thousands of these rows at once, from rows that belong to documents of the workspace: looking the workspace up for each
-- took as long as writing it.
alter table term_stats drop constraint term_stats_workspace_id_fkey;
alter table word_stats drop constraint word_stats_workspace_id_fkey;

-- The same rests of a word in three quarters of the time: a rest that comes twice (of a double letter) is found once all the same.
create or replace function word_variants(workspace uuid, word text) returns int[] language sql immutable parallel safe
  return array(select ('x' || left(md5(workspace::text || overlay(word placing '' from place for 1)), 8))::bit(32)::int
    from generate_series(1, length(word) + 1) place);

-- Every fold counts most of the commonest terms and words up. With room on its page a row is changed where it stands; without, it got
-- a new place, and with it new entries in its indexes, eight and more for each word.
alter table term_stats set (fillfactor = 50);
alter table word_stats set (fillfactor = 50);
