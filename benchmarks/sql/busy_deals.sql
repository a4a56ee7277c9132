-- The trades of a busy program: of every hundred quotes about 29 are traded. Of the trades 3 in a
-- hundred fail and 1 is released; 1 in two hundred is returned later, 1 in fifty thousand stays
-- reserved.
select
    number,
    printf('tr_%012d', number) as transact_id,
    printf('q_%012d', number) as quote_id,
    printf('or_%012d', number) as partner_reference,
    printf('POOL-%02d', number % 12) as pool_id,
    if(number % 3 = 0, 'GBP', 'EUR') as currency,
    cast(
        format('{}.{:02d}', 5 + hash(number) % 1000, hash(number, 2) % 100) as decimal(28, 8)
    ) as amount,
    created_at,
    case
        when hash(number, 3) % 1000 < 30
        then 'failed'
        when hash(number, 3) % 1000 < 40
        then 'released'
        else 'settled'
    end as ending,
    case
        when hash(number, 4) % 50000 <> 0
        then created_at + to_seconds(cast(30 + hash(number, 5) % 2400 as bigint))
    end as left_at,
    case
        when ending = 'settled' and hash(number, 6) % 200 = 0 then left_at + interval 30 hour
    end as returned_at
from
    (
        select
            number,
            cast($start as timestamp)
            + to_microseconds(cast(number * ($seconds * 1e6) / $rows as bigint))
            + interval 5 second as created_at
        from range($rows) as counted(number)
        where number % 10 < 3 and number % 25 <> 0
    )
