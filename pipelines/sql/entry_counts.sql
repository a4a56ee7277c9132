-- How many entries without an id each content has had so far in one file.
create or replace temp table entry_counts (entry_hash ubigint primary key, entries bigint not null)
