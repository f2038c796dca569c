-- The title was made from the name of the uploaded file: what the file itself is headed with takes its place once it is read.
alter table documents add column title_from_file boolean not null default false;
