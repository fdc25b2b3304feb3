"""Upstream windows: given the calls made so far and now, when may the next one go?

An exact log of calls, every one of which occupies its window from the moment it left until its
answer came plus the window's length. The upstream stamped the call somewhere between the two, so
neither a sliding nor a fixed window at any phase can be exceeded, however slow the line is.
Called by the ledger inside the claim, and by core/queue.py to play the queue forward.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from heapq import nlargest

from bot.core.prices import NUSD_PER_CENT


class Limit(Enum):
    """What can hold a job back; the value is what admins type and the ledger stores."""

    SPACING = "spacing"
    HOUR = "hour"
    DAY = "day"
    UNSETTLED = "unsettled"
    IN_FLIGHT = "in_flight"
    MONEY = "money"
    WAITING = "waiting"
    RESERVE = "reserve"


# With several calls in the air the spacing counts from the sending; the guard absorbs the jitter
# of the line there (twice 300 ms and a margin, measured), where the answer cannot.
SPACING_GUARD = timedelta(milliseconds=650)

_IN_THE_AIR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Window:
    """At most `cap` calls in any `period`; `in_force` is the cap after what refusals taught."""

    limit: Limit
    period: timedelta
    cap: int
    in_force: int


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Everything that holds a token's calls back. None means that nothing of the kind does."""

    windows: tuple[Window, ...]
    in_flight: int = 1
    waiting: int = 3
    reserve: int = 0
    money_nusd: int | None = None

    def window(self, limit: Limit) -> Window | None:
        """The window of this name, if there is one."""
        return next((window for window in self.windows if window.limit is limit), None)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that left at `sent_at` and whose answer came at `answered_at` (None: in the air)."""

    sent_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Hold:
    """What holds the next call back, and until when.

    `limit` None: no limit, but a pause, or a job's own wait for another try. `until_at` None: until
    something happens that no clock knows.
    """

    limit: Limit | None
    until_at: datetime | None


def _window(limit: Limit, cap: int, seconds: int) -> Window:
    return Window(limit=limit, period=timedelta(seconds=seconds), cap=cap, in_force=cap)


PRESETS: dict[str, Limits] = {
    "free": Limits(
        windows=(
            _window(Limit.SPACING, 1, 2),
            _window(Limit.HOUR, 30, 3600),
            _window(Limit.DAY, 1000, 86400),
            _window(Limit.UNSETTLED, 9, 300),
        ),
        money_nusd=10 * NUSD_PER_CENT,
    ),
    "pro": Limits(
        windows=(
            _window(Limit.SPACING, 1, 1),
            _window(Limit.HOUR, 1000, 3600),
            _window(Limit.DAY, 20_000, 86400),
        ),
        in_flight=4,
        money_nusd=200 * NUSD_PER_CENT,
    ),
    "unlimited": Limits(windows=(), in_flight=4),
}


def next_slot(calls: Sequence[Call], limits: Limits, now_at: datetime) -> Hold | None:
    """None when a call may go now, otherwise the limit that holds it longest."""
    serial = limits.in_flight == 1
    holds = [_hold(calls, window, now_at, serial=serial) for window in limits.windows]
    holds.append(_hold(calls, _in_flight(limits), now_at, serial=True))
    return max((hold for hold in holds if hold), key=_patience, default=None)


def used(calls: Sequence[Call], window: Window, now_at: datetime, *, serial: bool = True) -> int:
    """How many of the window's calls are taken now."""
    return len(_taken(calls, window, now_at, serial=serial))


def longest_period(limits: Limits) -> timedelta:
    """How far back calls matter."""
    return max((window.period for window in limits.windows), default=timedelta()) + SPACING_GUARD


def _in_flight(limits: Limits) -> Window:
    """Calls in the air, seen as a window that every call leaves with its answer."""
    cap = limits.in_flight
    return Window(limit=Limit.IN_FLIGHT, period=timedelta(), cap=cap, in_force=cap)


def _hold(calls: Sequence[Call], window: Window, now_at: datetime, *, serial: bool) -> Hold | None:
    if len(calls) < window.in_force:
        return None
    if window.in_force < 1:
        return Hold(limit=window.limit, until_at=None)
    taken = _taken(calls, window, now_at, serial=serial)
    if len(taken) < window.in_force:
        return None
    frees_at = nlargest(window.in_force, taken)[-1]
    return Hold(limit=window.limit, until_at=None if frees_at == _IN_THE_AIR else frees_at)


def _taken(
    calls: Sequence[Call], window: Window, now_at: datetime, *, serial: bool
) -> list[datetime]:
    """When the calls that the window holds now leave it; the estimate asks this very often."""
    if window.limit is Limit.SPACING and not serial:
        length = window.period + SPACING_GUARD
        since = now_at - length
        return [call.sent_at + length for call in calls if call.sent_at > since]
    since = now_at - window.period
    return [
        call.answered_at + window.period if call.answered_at else _IN_THE_AIR
        for call in calls
        if call.answered_at is None or call.answered_at > since
    ]


def _patience(hold: Hold) -> float:
    until_at = hold.until_at or _IN_THE_AIR
    return until_at.timestamp()


def with_limit(limits: Limits, limit: Limit, value: int, period: timedelta | None) -> Limits:
    """`limits` with one of them set; a negative value lifts it where it can be lifted."""
    match limit:
        case Limit.IN_FLIGHT:
            return replace(limits, in_flight=value)
        case Limit.WAITING:
            return replace(limits, waiting=value)
        case Limit.RESERVE:
            return replace(limits, reserve=value)
        case Limit.MONEY:
            return replace(limits, money_nusd=None if value < 0 else value * NUSD_PER_CENT)
        case Limit.SPACING:
            return _with_window(limits, limit, min(value, 1), timedelta(seconds=value))
        case _:
            return _with_window(limits, limit, value, period or _period(limits, limit))


def _with_window(limits: Limits, limit: Limit, cap: int, period: timedelta) -> Limits:
    others = tuple(window for window in limits.windows if window.limit is not limit)
    if cap <= 0:
        return replace(limits, windows=others)
    window = Window(limit=limit, period=period, cap=cap, in_force=cap)
    return replace(limits, windows=(*others, window))


def _period(limits: Limits, limit: Limit) -> timedelta:
    present = limits.window(limit)
    return present.period if present else _USUAL[limit]


_USUAL = {
    Limit.HOUR: timedelta(hours=1),
    Limit.DAY: timedelta(days=1),
    Limit.UNSETTLED: timedelta(minutes=5),
}
