create or replace table serving.checks (
    check_name varchar not null,
    severity varchar not null,
    says varchar not null,
    action varchar not null,
    faults bigint not null,
    examples varchar
)
