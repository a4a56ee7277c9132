-- grain: debit booked once too often and the refund booked once too often that takes it back
select debits.entry_hash as debit_hash, refunds.entry_hash as refund_hash, refunds.created_at
from ranked_entries as debits
inner join
    ranked_entries as refunds
    on refunds.transact_hash = debits.transact_hash
    and refunds.reason = 'buy_refund'
    and refunds.currency = debits.currency
    and refunds.delta = - debits.delta
    and refunds.extra_no = debits.extra_no
where debits.reason = 'buy_debit'
