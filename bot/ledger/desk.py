"""What every step of a lane needs: which lane, how long a lease, whose time. Made by bot/app.py."""

from dataclasses import dataclass
from datetime import timedelta

from bot.ledger.timeline import Timeline


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where a process does its paperwork."""

    lane_id: int
    lease: timedelta
    timeline: Timeline
