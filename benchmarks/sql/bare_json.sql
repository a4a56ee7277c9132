create table quotes as
select *
from
    read_json(
        $file,
        format = 'newline_delimited',
        columns = {
            partner_id: 'varchar',
            environment: 'varchar',
            program_id: 'varchar',
            request_id: 'varchar',
            pool_id: 'varchar',
            side: 'varchar',
            quote_type: 'varchar',
            quote_id: 'varchar',
            fiat_currency: 'varchar',
            fiat_amount: 'decimal(28,8)',
            crypto_currency: 'varchar',
            network: 'varchar',
            available: 'boolean',
            unavailable_reason: 'varchar',
            rate: 'decimal(38,18)',
            spread_bps: 'integer',
            fee_bps: 'integer',
            requested_at: 'timestamp',
            expires_at: 'timestamp'
        }
    )
