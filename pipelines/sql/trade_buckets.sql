create table {catalog}.trade_buckets (
    day date not null,
    bucket timestamp not null,
    pool_id varchar not null,
    currency varchar not null,
    trades_created bigint not null,
    accepted_volume decimal(38, 8) not null,
    largest_trade decimal(28, 8),
    left_reserved_trades bigint not null,
    settled_trades bigint not null,
    failed_trades bigint not null,
    released_trades bigint not null,
    settled_volume decimal(38, 8) not null,
    failed_volume decimal(38, 8) not null,
    released_volume decimal(38, 8) not null,
    returned_trades bigint not null,
    returned_volume decimal(38, 8) not null
)
