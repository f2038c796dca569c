-- Whether a file of the same name is there already is asked with every upload.
create index document_files_by_name on document_files (workspace_id, file_name);
