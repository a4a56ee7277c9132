select unnest(cuts) from build
