"""Checks of what all end-to-end tests left together. They come last, after every worker is done."""
