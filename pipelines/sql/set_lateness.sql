set variable webhook_lateness = to_seconds($lateness_seconds)
