create or replace table chosen as
select
    cast($partner_id as varchar) as partner_id,
    cast($environment as varchar) as environment,
    cast($source as varchar) as default_source
