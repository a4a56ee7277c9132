select cast(getvariable('reconciled_from') as varchar)
