-- The instants at which the stored buckets of this build are split.
select unnest(cuts) as cut from build
