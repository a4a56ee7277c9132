-- Of those without a price a quarter is an error: the call was refused by a limit.
select
    * exclude (number, cause) replace (
        format('{{}}.{{:02d}}', 5 + hash(number) % 1000, hash(number, 2) % 100) as fiat_amount,
        case
            when not available and cause <> 3
            then ['pool_dry', 'engine_unavailable', 'rate_unavailable'][cause + 1]
        end as unavailable_reason
    ),
    case when not available and cause = 3 then 403 end as http_status,
    case when not available and cause = 3 then 'velocity_limit_exceeded' end as error_code
from
    (
        select *, cast(substr(request_id, 5) as bigint) as number, cast(hash(request_id) % 4 as bigint) as cause
        from ({query})
    )
