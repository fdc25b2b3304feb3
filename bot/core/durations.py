"""Spans of time as people type them: `30m`, `2h`, `3d`, or a date. Called by cogs/admin.py."""

import re
from datetime import UTC, datetime, timedelta

from bot.core.errors import BadValue

_TAKEN = "a span like `30m`, `2h`, `3d`, or a date like `2026-11-21`"
_SPAN = re.compile(r"(\d{1,4})\s*([mhd])", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def since(text: str, now_at: datetime, *, option: str) -> datetime:
    """The moment that `text` points back to: that long before now, or a date's start in UTC.

    Raises BadValue.
    """
    read = _read(text, option)
    return now_at - read if isinstance(read, timedelta) else read


def until(text: str, now_at: datetime, *, option: str) -> datetime:
    """The moment that `text` points ahead to: that long after now, or a date's start in UTC.

    Raises BadValue, also for what is over already.
    """
    read = _read(text, option)
    end_at = now_at + read if isinstance(read, timedelta) else read
    if end_at > now_at:
        return end_at
    raise BadValue(option=option, given=text.strip()[:50], allowed=f"{_TAKEN}, in the future")


def _read(text: str, option: str) -> timedelta | datetime:
    typed = text.strip()
    span = _SPAN.fullmatch(typed.lower())
    if span:
        return int(span[1]) * _UNITS[span[2]]
    try:
        return datetime.strptime(typed, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise BadValue(option=option, given=typed[:50], allowed=_TAKEN) from None
