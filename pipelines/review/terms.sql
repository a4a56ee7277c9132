-- grain: program_id, effective_from; every version of each program's terms up to an instant
select
    program_id,
    effective_from,
    product,
    program_type,
    approved_pools,
    funding_model,
    support_sla_label,
    phase,
    time_zone,
    review_cadence,
    funding_ready,
    webhooks_ready,
    monitoring_ready,
    support_ready,
    first_order_limit
from programs
where effective_from <= $as_of
order by program_id, effective_from
