create table {catalog}.quote_buckets (
    day date not null,
    bucket timestamp not null,
    pool_id varchar not null,
    currency varchar not null,
    quote_requests bigint not null,
    indicative_quotes bigint not null,
    firm_quotes bigint not null,
    unavailable_quotes bigint not null,
    errored_quotes bigint not null,
    limit_errored_quotes bigint not null,
    requested_amounts bigint not null,
    quoted_amounts bigint not null,
    requested_volume decimal(38, 8) not null,
    quoted_volume decimal(38, 8) not null
)
;
create table {catalog}.reason_buckets (
    day date not null,
    bucket timestamp not null,
    pool_id varchar not null,
    currency varchar not null,
    reason varchar not null,
    quotes bigint not null
)
;
create table {catalog}.quote_paths (
    day date not null,
    bucket timestamp not null,
    pool_id varchar not null,
    currency varchar not null,
    accepted_bucket timestamp,
    rejected_bucket timestamp,
    expires_bucket timestamp,
    quotes bigint not null
)
;
create table {catalog}.trade_paths (
    day date not null,
    bucket timestamp not null,
    pool_id varchar not null,
    currency varchar not null,
    left_bucket timestamp,
    left_status varchar,
    returned_bucket timestamp,
    trades bigint not null,
    notional decimal(38, 8) not null,
    oldest_created_at timestamp not null,
    largest_amount decimal(28, 8) not null
)
;
create table {catalog}.error_buckets (
    day date not null,
    bucket timestamp not null,
    pool_id varchar,
    limit_errors bigint not null,
    balance_errors bigint not null,
    transact_conflicts bigint not null
)
;
create table {catalog}.availability_buckets (
    day date not null,
    bucket timestamp not null,
    pool_id varchar not null,
    available_us bigint not null,
    unavailable_us bigint not null,
    reopened_at timestamp
)
;
create table {catalog}.ledger_buckets (
    day date not null,
    bucket timestamp not null,
    currency varchar not null,
    reason varchar not null,
    entries bigint not null,
    amount decimal(38, 8) not null
)
;
create table {catalog}.balance_marks (
    day date not null,
    bucket timestamp not null,
    currency varchar not null,
    observed_at timestamp not null,
    visible_balance decimal(28, 8) not null,
    reserved_amount decimal(28, 8),
    balance_available decimal(28, 8) not null,
    ledger_in_bucket decimal(38, 8) not null,
    reserved_in_bucket decimal(38, 8) not null
)
;
create table {catalog}.webhook_buckets (
    day date not null,
    bucket timestamp not null,
    event_type varchar not null,
    attempts bigint not null,
    delivered bigint not null,
    failed bigint not null,
    dead_lettered bigint not null,
    bad_signature bigint not null
)
;
create table {catalog}.webhook_paths (
    day date not null,
    bucket timestamp not null,
    event_type varchar not null,
    delivered_bucket timestamp,
    repeated_bucket timestamp,
    delay_within_s bigint,
    events bigint not null,
    longest_delay_us bigint
)
;
create table {catalog}.late_webhooks (
    day date not null,
    transact_id varchar not null,
    pool_id varchar not null,
    currency varchar not null,
    fiat_amount decimal(28, 8) not null,
    status varchar not null,
    status_at timestamp not null,
    delivered_at timestamp
)
