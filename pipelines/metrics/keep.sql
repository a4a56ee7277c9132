-- Comes before the name and text of a query whose answer later queries read.
create or replace temp table
