"""What a refusal teaches: a window that the upstream counts lower than we do, and for how long.

Called by the ledger, when an attempt is settled and whenever windows are read.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.core.queue import Snapshot
from bot.core.windows import Limit, Window, used

CLEAN_PERIODS = 4  # so many without a refusal win one call back
_ROUNDED_UP_BY = timedelta(seconds=1)  # servers ask for whole seconds
_TEACHABLE = (Limit.HOUR, Limit.DAY)  # spacing has no room to lower; unsettled is our own rule


def lesson(snapshot: Snapshot, asked: timedelta) -> Window | None:
    """The window that a refusal points at by the wait it `asked` for, lowered to what it holds.

    `snapshot` is without the refused call. A refusal at a window that is hardly used has another
    reason, somebody else who uses the token perhaps, so no lesson takes more than half of it.
    """
    pointed = _shortest([w for w in snapshot.limits.windows if w.period + _ROUNDED_UP_BY >= asked])
    if pointed is None:
        return None
    serial = snapshot.limits.in_flight == 1
    held = used(snapshot.calls, pointed, snapshot.now_at, serial=serial)
    in_force = max(held, -(-pointed.in_force // 2))
    if held == 0 or in_force >= pointed.in_force:
        return None
    return replace(pointed, in_force=in_force)


def recovered(window: Window, since_cut: timedelta) -> Window:
    """`window`, which was lowered so long ago, with what it has won back since."""
    won = since_cut // (CLEAN_PERIODS * window.period)
    return replace(window, in_force=min(window.cap, window.in_force + max(won, 0)))


def _shortest(windows: Sequence[Window]) -> Window | None:
    teachable = (window for window in windows if window.limit in _TEACHABLE)
    return min(teachable, key=lambda window: window.period, default=None)
