"""Tests; the folders mirror the tree of bot/ and cogs/."""
