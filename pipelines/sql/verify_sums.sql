select
    (select coalesce(sum(quote_requests), 0) from {catalog}.quote_buckets) as quote_requests,
    (select coalesce(sum(requested_volume), 0) from {catalog}.quote_buckets) as requested_volume,
    (select coalesce(sum(quotes), 0) from {catalog}.quote_paths) as firm_quotes,
    (select coalesce(sum(quotes), 0) from {catalog}.reason_buckets) as unavailable_quotes,
    (select coalesce(sum(trades), 0) from {catalog}.trade_paths) as trades,
    (select coalesce(sum(notional), 0) from {catalog}.trade_paths) as notional,
    (
        select coalesce(sum(limit_errors + balance_errors + transact_conflicts), 0)
        from {catalog}.error_buckets
    ) as errors,
    (
        select coalesce(sum(available_us + unavailable_us), 0) from {catalog}.availability_buckets
    ) as known_us,
    (select count(*) from {catalog}.balances) as balances,
    (select coalesce(sum(entries), 0) from {catalog}.ledger_buckets) as ledger_entries,
    (select count(*) from {catalog}.balance_marks) as balance_marks,
    (select coalesce(sum(attempts), 0) from {catalog}.webhook_buckets) as webhook_attempts,
    (select coalesce(sum(events), 0) from {catalog}.webhook_paths) as webhook_events,
    (select count(*) from {catalog}.late_webhooks) as late_webhooks
