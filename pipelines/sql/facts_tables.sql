create table facts.meta (name varchar not null, value varchar)
;
create table facts.position (log_bytes bigint not null, next_sequence bigint not null)
;
insert into facts.position
values (0, 1)
;
create table facts.batches (
    sequence bigint not null,
    kind varchar not null,
    source varchar not null,
    landed_at timestamp not null,
    offered bigint not null,
    loaded bigint not null,
    duplicate bigint not null,
    quarantined bigint not null,
    refused bigint not null,
    landed_rows bigint not null,
    newest_event_at timestamp,
    check (offered = loaded + duplicate + quarantined + refused)
)
;
create table facts.landed_days (
    sequence bigint not null,
    kind varchar not null,
    landed_at timestamp not null,
    day date not null,
    records bigint not null,
    is_late boolean not null
)
;
create table facts.dropped_fields (sequence bigint, kind varchar, name varchar, records bigint)
;
create table facts.dirty_days (model varchar not null, day date not null)
;
create table facts.conflicts (
    kind varchar not null,
    key_text varchar not null,
    content_hash varchar not null,
    revised timestamp,
    kept_hash varchar not null,
    record varchar not null
)
;
create table facts.quarantine (
    entry_id varchar not null,
    sequence bigint not null,
    kind varchar not null,
    source varchar not null,
    line_number bigint not null,
    disposition varchar not null,
    rule varchar not null,
    reason varchar not null,
    fields varchar not null,
    withheld varchar not null,
    resolved_by bigint
)
;
create table facts.trade_flags (
    transact_id varchar not null,
    transact_hash ubigint not null,
    status varchar not null,
    flag varchar not null
)
;
create table facts.trade_state (
    transact_id varchar not null,
    transact_hash ubigint not null,
    quote_id varchar not null,
    quote_hash ubigint not null,
    partner_reference_hash ubigint,
    request_id varchar,
    pool_id varchar not null,
    side varchar not null,
    currency varchar not null,
    fiat_amount decimal(28, 8) not null,
    crypto_currency varchar,
    crypto_amount decimal(28, 8),
    network varchar,
    partner_reference varchar,
    created_at timestamp not null,
    left_status varchar,
    left_at timestamp,
    returned_at timestamp,
    status varchar not null
)
;
create table facts.unpublished_days (model varchar not null, day date not null)
;
create table facts.exceptions (
    exception_id varchar not null,
    kind varchar not null,
    match varchar not null,
    pool_id varchar,
    currency varchar,
    amount decimal(28, 8),
    event_at timestamp not null,
    opens_at timestamp not null,
    closes_at timestamp,
    first_seen_at timestamp,
    resolved_at timestamp,
    is_current boolean not null,
    transact_id varchar,
    quote_id varchar,
    entry_id varchar,
    partner_reference varchar,
    candidates varchar[] not null
)
;
create table facts.weak_links (entry_id varchar not null, transact_id varchar not null)
;
create table facts.touched (kind varchar not null, id_hash ubigint not null)
;
create table facts.breaks (
    exception_id varchar not null,
    kind varchar not null,
    match varchar not null,
    pool_id varchar,
    currency varchar,
    amount decimal(28, 8),
    event_at timestamp not null,
    opens_at timestamp not null,
    closes_at timestamp,
    transact_id varchar,
    quote_id varchar,
    entry_id varchar,
    partner_reference varchar,
    detail varchar,
    candidates varchar[],
    ref varchar,
    is_loose boolean,
    ref_hash ubigint,
    transact_hash ubigint,
    entry_hash ubigint,
    order_hash ubigint
)
