"""The use cases, on a real ledger in a temporary folder."""
