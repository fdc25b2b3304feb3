"""Spans of time as people type them: `30m`, `2h`, `3d`, or a date. Called by cogs/admin.py."""

import re
from datetime import UTC, datetime, timedelta

from bot.core.errors import BadValue

_SPAN = re.compile(r"(\d{1,4})\s*([mhd])", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def since(text: str, now_at: datetime, *, option: str) -> datetime:
    """The moment that `text` points back to: that long before now, or a date's start in UTC.

    Raises BadValue.
    """
    typed = text.strip()
    span = _SPAN.fullmatch(typed.lower())
    if span:
        return now_at - int(span[1]) * _UNITS[span[2]]
    try:
        return datetime.strptime(typed, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        allowed = "a span like `30m`, `2h`, `3d`, or a date like `2026-11-21`"
        raise BadValue(option=option, given=typed[:50], allowed=allowed) from None
