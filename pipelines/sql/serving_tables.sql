create table serving.build (
    build_id varchar not null,
    partner_id varchar not null,
    environment varchar not null,
    watermark timestamp,
    latest timestamp,
    cuts timestamp[] not null,
    definitions varchar not null
)
;
create table serving.lanes (
    pool_id varchar not null,
    currency varchar,
    priority integer not null,
    seen_from timestamp not null
)
;
create table serving.balances (
    day date not null,
    currency varchar not null,
    observed_at timestamp not null,
    balance_id varchar,
    visible_balance decimal(28, 8) not null,
    reserved_amount decimal(28, 8),
    available_for_new_quotes decimal(28, 8)
)
;
create table serving.refined (model varchar not null, bucket timestamp not null)
;
create table serving.check_faults (
    check_name varchar not null,
    day date,
    subject varchar not null,
    expected varchar not null,
    found varchar not null
)
;
create schema serving.hours
;
create table serving.stale_hours (model varchar not null, hour timestamp not null)
