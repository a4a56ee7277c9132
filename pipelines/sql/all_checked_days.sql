create or replace temp table checked_days as
select cast(unnest(generate_series(date '2000-01-01', date '2100-12-31', interval 1 day)) as date) as day
