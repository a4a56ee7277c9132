set variable ledger_lateness = to_seconds($seconds)
