-- The serving tables of webhooks, as the models fill them.
create table webhook_buckets(
    day date, bucket timestamp, event_type varchar, attempts bigint, delivered bigint,
    failed bigint, dead_lettered bigint, bad_signature bigint
);
create table late_webhooks(
    day date, transact_id varchar, pool_id varchar, currency varchar, fiat_amount decimal(28, 8),
    status varchar, status_at timestamp, delivered_at timestamp
);
