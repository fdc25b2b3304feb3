"""The composition root: Settings in, App out, opened and closed by one `async with`.

The only place that chooses implementations. Called by cli.py and by tests.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.core.accounts import Account
from bot.core.ports import Clock, Notes, Outbox
from bot.services.changes import Changes
from bot.services.dispatcher import Dispatcher
from bot.services.generation import Generation
from bot.services.permissions import Permissions
from bot.services.presence import Presence
from bot.services.tuning import Tuning
from bot.services.usage import Usage


@dataclass(frozen=True, kw_only=True)
class App:
    """Everything a command may need, ready to use."""

    started_at: datetime
    account: Account | None  # None: Hugging Face could not be asked at start
    clock: Clock
    generation: Generation
    usage: Usage
    permissions: Permissions
    tuning: Tuning
    outbox: Outbox
    changes: Changes
    notes: Notes
    presence: Presence
    dispatcher: Dispatcher
    sync_guilds: frozenset[int]
    default_model: str
