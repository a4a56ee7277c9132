-- The one division of the product, over a list of fractions {'top': ..., 'bottom': ...}: each
-- quotient rounded half to even at 6 decimals, null where either side is null or the bottom is 0.
-- DuckDB's own slash gives a DOUBLE for decimals, so it only says where the quotient lies. Below
-- 1000 it is wrong by less than 0.00001 millionths, so a quotient further than that from a tie
-- rounds to the exact answer; every other one is divided in whole numbers. Holds for both sides
-- up to 1e24 with 8 decimals.
create or replace temp macro as_units(amount) as
    cast(replace(cast(cast(amount as decimal(38, 8)) as varchar), '.', '') as hugeint)
;
create or replace temp macro half_even(twice_and_one, twice) as
    divide(twice_and_one, twice) - case
        when mod(twice_and_one, twice) = 0 then mod(divide(twice_and_one, twice), 2) else 0
    end
;
create or replace temp macro exact_quotient(top, bottom) as
    list_transform(
        [{'top': as_units(top), 'bottom': as_units(nullif(bottom, 0))}],
        lambda units: cast(
            sign(units.top) * sign(units.bottom) * half_even(
                abs(units.top) * 2000000 + abs(units.bottom), abs(units.bottom) * 2
            ) as decimal(38, 0)
        )
        * 0.000001
    )[1]
;
create or replace temp macro ratios(fractions) as
    list_transform(
        list_transform(
            fractions,
            lambda fraction: {
                'top': fraction.top,
                'bottom': fraction.bottom,
                'near': cast(fraction.top as double) / cast(nullif(fraction.bottom, 0) as double)
            }
        ),
        lambda fraction: case
            when
                abs(fraction.near) < 1000
                and abs(
                    fraction.near * 1000000 - floor(fraction.near * 1000000) - 0.5
                ) > 0.00001
            then cast(cast(fraction.near as decimal(10, 6)) as decimal(38, 6))
            else exact_quotient(fraction.top, fraction.bottom)
        end
    )
;
create or replace temp macro ratio(numerator, denominator) as
    ratios([{'top': numerator, 'bottom': denominator}])[1]
;
