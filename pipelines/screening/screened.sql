create or replace table screened ({columns})
