<<<<<<< HEAD
set variable ledger_lateness = to_seconds($seconds)
=======
set variable webhook_lateness = to_seconds($lateness_seconds)
>>>>>>> 8278176 (Keep what became of webhook events, and tell which ends of trades nobody was told of)
