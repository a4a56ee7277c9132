-- metric: failure_utilization
-- title: Failure utilization
-- formula: failed_quote_attempts / quote_requests
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null without quote requests
-- direction: down_is_good
-- source: quotes
-- is not: a rate of failed trades
--
-- metric: quote_success_rate
-- title: Quote success rate
-- formula: 1 - failure_utilization
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null without quote requests
-- direction: up_is_good
-- source: quotes
-- is not: a rate of settled trades
--
-- metric: unavailable_rate
-- title: Unavailable rate
-- formula: unavailable_quotes / quote_requests
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null without quote requests
-- direction: down_is_good
-- source: quotes
-- is not: a share of time; see unavailable_minutes
--
-- metric: accepted_quote_rate
-- title: Accepted quote rate
-- formula: accepted_quotes / firm_quotes
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null without firm quotes
-- direction: up_is_good
-- source: quotes, trades
-- is not: a settle rate
--
-- metric: quote_conversion_rate
-- title: Quote conversion rate
-- formula: accepted_quotes / quote_requests
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null without quote requests
-- direction: up_is_good
-- source: quotes, trades
-- is not: accepted over firm quotes only
--
-- metric: expiry_rate
-- title: Expiry rate
-- formula: expired_quotes / (firm_quotes - open_quotes)
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null when no firm quote has come to an end
-- direction: down_is_good
-- source: quotes, trades
-- is not: a share of all quote requests
--
-- metric: conflict_rate
-- title: Conflict rate
-- formula: transact_conflicts / (trades_created + transact_conflicts)
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null without trades and conflicts
-- direction: down_is_good
-- source: trades, errors
-- is not: a rate of records in conflict
--
-- metric: settle_rate
-- title: Settle rate
-- formula: settled trades / trades that left reserved, both by leaving time in W
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null when no trade left reserved in W
-- direction: up_is_good
-- source: trades
-- is not: a share of the trades created in W
-- All fractions go through `ratio` together: planning the macro once costs less than dividing.
with
    divided as (
        select
            row_no,
            ratios(
                [
                    {'top':failed_quote_attempts, 'bottom':quote_requests},
                    {'top':quote_requests - failed_quote_attempts, 'bottom':quote_requests},
                    {'top':unavailable_quotes, 'bottom':quote_requests},
                    {'top':accepted_quotes, 'bottom':firm_quotes},
                    {'top':accepted_quotes, 'bottom':quote_requests},
                    {'top':expired_quotes, 'bottom':firm_quotes - open_quotes},
                    {'top':transact_conflicts, 'bottom':trades_created + transact_conflicts},
                    {'top':settled_trades, 'bottom':left_reserved_trades}
                ]
            ) as quotients
        from figures
    )

select
    row_no,
    quotients[1] as failure_utilization,
    quotients[2] as quote_success_rate,
    quotients[3] as unavailable_rate,
    quotients[4] as accepted_quote_rate,
    quotients[5] as quote_conversion_rate,
    quotients[6] as expiry_rate,
    quotients[7] as conflict_rate,
    quotients[8] as settle_rate
from divided
