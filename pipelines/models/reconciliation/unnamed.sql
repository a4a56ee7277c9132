-- grain: ledger entry that no trade claims by an unshared quote id
select entries.*
from story_entries as entries
anti join links on links.entry_hash = entries.key_hash
where entries.reason <> 'payin_credit'
