"""Use cases: the order of steps, with no rule and no SQL in them."""
