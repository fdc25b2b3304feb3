"""Rules in plain Python: no network, no database, no clock of their own."""
