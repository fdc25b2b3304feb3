"""The rules, without any outside world."""
