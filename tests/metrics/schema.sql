-- The serving tables the metrics read. Times are UTC, microseconds.
create table build(
    build_id varchar, partner_id varchar, environment varchar, watermark timestamp,
    latest timestamp, cuts timestamp[], definitions varchar
);
create table lanes(
    pool_id varchar, currency varchar, priority integer default 1,
    seen_from timestamp default timestamp '1999-12-31'
);
create table quote_buckets(
    day date, bucket timestamp, pool_id varchar, currency varchar, quote_requests bigint,
    indicative_quotes bigint, firm_quotes bigint, unavailable_quotes bigint,
    errored_quotes bigint, limit_errored_quotes bigint, requested_amounts bigint,
    quoted_amounts bigint, requested_volume decimal(38, 8), quoted_volume decimal(38, 8)
);
create table reason_buckets(
    day date, bucket timestamp, pool_id varchar, currency varchar, reason varchar, quotes bigint
);
create table quote_paths(
    day date, bucket timestamp, pool_id varchar, currency varchar, accepted_bucket timestamp,
    rejected_bucket timestamp, expires_bucket timestamp, quotes bigint
);
create table trade_paths(
    day date, bucket timestamp, pool_id varchar, currency varchar, left_bucket timestamp,
    left_status varchar, returned_bucket timestamp, trades bigint, notional decimal(38, 8),
    oldest_created_at timestamp, largest_amount decimal(28, 8)
);
create table error_buckets(
    day date, bucket timestamp, pool_id varchar, limit_errors bigint, balance_errors bigint,
    transact_conflicts bigint
);
create table availability_buckets(
    day date, bucket timestamp, pool_id varchar, available_us bigint, unavailable_us bigint,
    reopened_at timestamp
);
create table balances(
    currency varchar, observed_at timestamp, balance_id varchar, visible_balance decimal(28, 8),
    reserved_amount decimal(28, 8), available_for_new_quotes decimal(28, 8)
);
create table limits(
    pool_id varchar, limit_name varchar, value decimal(28, 8), currency varchar,
    effective_from timestamp, effective_to timestamp
);
create table programs(
    program_id varchar, effective_from timestamp, product varchar, program_type varchar,
    approved_pools varchar[], funding_model varchar, support_sla_label varchar, phase varchar,
    time_zone varchar, review_cadence varchar, funding_ready bool, webhooks_ready bool,
    monitoring_ready bool, support_ready bool, first_order_limit decimal(28, 8)
);
create table exceptions(
    exception_id varchar, kind varchar, match varchar, pool_id varchar, currency varchar,
    amount decimal(28, 8), event_at timestamp, opens_at timestamp, closes_at timestamp,
    first_seen_at timestamp, resolved_at timestamp, is_current boolean, transact_id varchar,
    quote_id varchar, entry_id varchar, partner_reference varchar, candidates varchar[]
);
create table reconciled(known_from timestamp);
insert into reconciled values (null);
