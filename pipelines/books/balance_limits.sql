-- grain: currency, limit_name, in_force_from; the floor and target of each currency's balance as
-- they stood in [$start, $end). Of several in force the latest effective one holds.
with
    applicable as (
        select currency, limit_name, value, effective_from, effective_to
        from limits
        where pool_id is null and limit_name in ('balance_floor', 'balance_target')
    ),
    changes as (
        select currency, limit_name, effective_from as changed_at
        from applicable
        union
        select currency, limit_name, effective_to as changed_at
        from applicable
        where effective_to is not null
    ),
    in_force as (
        select
            changes.currency,
            changes.limit_name,
            changes.changed_at,
            max_by(applicable.value, applicable.effective_from) as value
        from changes
        left join
            applicable
            on applicable.currency = changes.currency
            and applicable.limit_name = changes.limit_name
            and applicable.effective_from <= changes.changed_at
            and (applicable.effective_to is null or applicable.effective_to > changes.changed_at)
        group by all
    ),
    steps as (
        select
            *,
            coalesce(
                lead(changed_at) over (partition by currency, limit_name order by changed_at),
                cast($end as timestamp)
            ) as changes_at
        from in_force
    )
select
    currency,
    limit_name,
    greatest(changed_at, cast($start as timestamp)) as in_force_from,
    least(changes_at, cast($end as timestamp)) as in_force_to,
    value
from steps
where value is not null and changed_at < $end and changes_at > $start
order by currency, limit_name, in_force_from
