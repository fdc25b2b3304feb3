"""The Hugging Face account behind the token. Called by hub/account.py and the composition root."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whose token it is and what it may do."""

    name: str
    plan: str  # "free" or "pro"
    may_infer: bool
