-- What filling, switching and deleting embedding spaces need besides their states.
alter table embedding_spaces
  -- claims since a batch was last written: a filling that never gets on is given up
  add column fill_tries int not null default 0,
  -- being deleted: not filled, searched or shown any more, and gone with its last vector
  add column deleted_at timestamptz,
  add check (deleted_at is null or state <> 'active');
create index embedding_spaces_deleted on embedding_spaces (deleted_at) where deleted_at is not null;
-- which documents have vectors in a space: what is missing, how far a filling is, and what is to be deleted with it
create index search_vectors_of_documents on search_vectors (space_key, document_id) where scope > 0;
-- documents that an earlier change of the model left in another space
update embedding_spaces set fill_state = 'pending' where state = 'active';

-- when the newest version was indexed, or indexing it was given up: the rate
alter table documents add column index_finished_at timestamptz;
