-- check: trades_by_state
-- severity: error
-- days of: trades
-- says: trades created = reserved + settled + failed + released + returned
-- do: run `utilization rebuild`; if it stays, a trade is in no state or in two
with
    stored as (
        select
            day,
            pool_id,
            currency,
            sum(trades) as created,
            coalesce(sum(trades) filter (left_status is null), 0) as reserved,
            coalesce(
                sum(trades) filter (left_status = 'settled' and returned_bucket is null), 0
            ) as settled,
            coalesce(sum(trades) filter (left_status = 'failed'), 0) as failed,
            coalesce(sum(trades) filter (left_status = 'released'), 0) as released,
            coalesce(
                sum(trades) filter (left_status = 'settled' and returned_bucket is not null), 0
            ) as returned
        from serving.trade_paths
        where day in (select day from checked_days)
        group by all
    ),
    told as (
        select
            cast(created_at as date) as day,
            pool_id,
            currency,
            count(*) as created,
            count(*) filter (status = 'reserved') as reserved,
            count(*) filter (status = 'settled') as settled,
            count(*) filter (status = 'failed') as failed,
            count(*) filter (status = 'released') as released,
            count(*) filter (status = 'returned') as returned
        from facts.trade_state
        where cast(created_at as date) in (select day from checked_days)
        group by all
    ),
    texts as (
        select
            day,
            pool_id,
            currency,
            concat_ws(
                ' ', created, '=', reserved, '+', settled, '+', failed, '+', released, '+', returned
            ) as identity,
            created = reserved + settled + failed + released + returned as holds,
            true as is_stored
        from stored
        union all
        select
            day,
            pool_id,
            currency,
            concat_ws(
                ' ', created, '=', reserved, '+', settled, '+', failed, '+', released, '+', returned
            ) as identity,
            created = reserved + settled + failed + released + returned as holds,
            false as is_stored
        from told
    )
select
    day,
    concat_ws(' ', pool_id, currency) as subject,
    coalesce(min(identity) filter (not is_stored), 'no trade') as expected,
    coalesce(min(identity) filter (is_stored), 'no trade') as found
from texts
group by all
having expected <> found or not bool_and(holds)
