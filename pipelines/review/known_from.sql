-- From when both trades and ledger entries are known, so that exceptions can be found; else null.
select known_from from reconciled
