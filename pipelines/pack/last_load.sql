-- The number of the last batch that this build holds.
select coalesce(max(sequence), 0) from loads
