-- The segments each window is made of.
select window_no, unnest(range(start_mark, closing_mark)) as segment from windows
