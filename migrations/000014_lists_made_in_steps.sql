-- Lists are made, and made anew, some documents at a time, so that nobody who replaces or deletes a document waits for all of them.
-- `made_from`: while that goes on, documents with a lower number, or none, are still to enter; 0: these are the first lists, and
-- searches do without them. Null: every document that is in the statistics is in the lists.
alter table inverted_indexes add column made_from int;
