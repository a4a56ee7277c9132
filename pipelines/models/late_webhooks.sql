-- grain: transact_id
-- trades that reached an end whose webhook was not delivered within the lateness allowance; which
-- of them are missing as of an instant follows from `delivered_at`. Only from the first day on
-- which
-- any attempt is known: before, nothing says that deliveries were recorded.
with
    delivered as (
        select transact_id, event_type, min(occurred_at) as delivered_at
        from facts.webhooks
        where outcome = 'delivered' and transact_hash in (select transact_hash from scoped_ended)
        group by all
    )
select
    cast(ended.left_at as date) as day,
    ended.transact_id,
    ended.pool_id,
    ended.currency,
    ended.fiat_amount,
    ended.left_status as status,
    ended.left_at as status_at,
    delivered.delivered_at
from scoped_ended as ended
left join
    delivered
    on delivered.transact_id = ended.transact_id
    and delivered.event_type = 'pool.transaction.' || ended.left_status
where
    coalesce(delivered.delivered_at > ended.left_at + getvariable('webhook_lateness'), true)
    and cast(ended.left_at as date) >= (select min(day) from facts.webhooks)
