-- How much a term weighs in a document is told in sixteen grades instead of four tiers; a list of a tier has in each entry, beside the
-- document's number, which of the tier's four grades it is. What was known says the middle of its tier until the document is indexed
-- again, and the sweeper has the lists made anew.
alter table document_terms rename column tiers to grades;
alter table stats_removed rename column tiers to grades;
update document_terms set grades = array(select (4 * tier + 1)::smallint from unnest(grades) with ordinality t (tier, place) order by place);
update stats_removed set grades = array(select (4 * tier + 1)::smallint from unnest(grades) with ordinality t (tier, place) order by place);
truncate postings, posting_documents, inverted_indexes;
alter table postings rename column numbers to entries;
