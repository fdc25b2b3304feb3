"""Days of calls in minutes: the ledger's own SQL in virtual time, and an upstream that counts."""
