"""Tests of bot/ledger."""
