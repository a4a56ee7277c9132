drop table if exists variants
