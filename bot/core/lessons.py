"""What a refusal teaches: a window that the upstream counts lower than we do, and for how long.

Called by the ledger, when an attempt is settled and whenever windows are read.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.core.queue import Snapshot
from bot.core.windows import Limit, Window, used

CLEAN_PERIODS = 4  # so many without a refusal win a share back
_WON_WITHIN = timedelta(days=1)  # whatever the period is
_SHARES = 10
_ROUNDED_UP_BY = timedelta(seconds=1)  # servers ask for whole seconds
_A_BURST = timedelta(minutes=1)  # a shorter wait is about spacing or load, not about a window
_TEACHABLE = (Limit.HOUR, Limit.DAY)  # spacing has no room to lower; unsettled is our own rule


def lesson(snapshot: Snapshot, asked: timedelta) -> Window | None:
    """The window that a refusal points at by the wait it `asked` for, lowered to what it holds.

    `snapshot` is without the refused call. A refusal at a window that is hardly used has another
    reason, somebody else who uses the token perhaps, so no lesson takes more than half of it.
    """
    if asked < _A_BURST:
        return None
    pointed = _shortest([w for w in snapshot.limits.windows if w.period + _ROUNDED_UP_BY >= asked])
    if pointed is None:
        return None
    serial = snapshot.limits.in_flight == 1
    held = used(snapshot.calls, pointed, snapshot.now_at, serial=serial)
    in_force = max(held, -(-pointed.in_force // 2))
    if held == 0 or in_force >= pointed.in_force:
        return None
    return replace(pointed, in_force=in_force)


def is_news(window: Window, since_cut: timedelta | None) -> bool:
    """Whether a lesson may lower `window` again, which was lowered so long ago (None: never).

    Refusals of one and the same period are one lesson, however many there are.
    """
    return since_cut is None or since_cut >= window.period


def recovered(window: Window, since_cut: timedelta) -> Window:
    """`window`, which was lowered so long ago, with what it has won back since."""
    clean = since_cut // min(CLEAN_PERIODS * window.period, _WON_WITHIN)
    won = max(clean, 0) * max(window.cap // _SHARES, 1)
    return replace(window, in_force=min(window.cap, window.in_force + won))


def _shortest(windows: Sequence[Window]) -> Window | None:
    teachable = (window for window in windows if window.limit in _TEACHABLE)
    return min(teachable, key=lambda window: window.period, default=None)
