"""The windows of the token, shown and moved by command. Called by cogs/admin.py."""

from collections.abc import Callable
from datetime import timedelta

from bot.core.access import Actor, Role
from bot.core.errors import BadValue
from bot.core.ports import Clock, Lane, Queue
from bot.core.queue import Snapshot
from bot.core.records import entry_of
from bot.core.windows import PRESETS, Limit, Limits, with_limit
from bot.services.permissions import Permissions

PERIOD_MOST = timedelta(days=31)

# The lowest and highest value of each limit; -1 lifts it where the lowest is -1.
RANGES: dict[Limit, tuple[int, int]] = {
    Limit.SPACING: (0, 3600),
    Limit.HOUR: (-1, 100_000),
    Limit.DAY: (-1, 1_000_000),
    Limit.UNSETTLED: (-1, 10_000),
    Limit.MONEY: (-1, 100_000_000),
    Limit.WAITING: (1, 100),
    Limit.RESERVE: (0, 1000),
    Limit.IN_FLIGHT: (1, 32),
}


class Tuning:
    """Reads and changes what holds the token's calls back."""

    def __init__(
        self,
        lane: Lane,
        queue: Queue,
        permissions: Permissions,
        clock: Clock,
        changed: Callable[[], None],
    ) -> None:
        self._lane = lane
        self._queue = queue
        self._permissions = permissions
        self._clock = clock
        self._changed = changed

    async def show(self, actor: Actor) -> Snapshot:
        """The lane as it stands."""
        await self._permissions.require(actor, Role.ADMIN, "/admin limits show")
        return await self._queue.snapshot()

    async def set(self, actor: Actor, limit: Limit, value: int, seconds: int | None) -> Snapshot:
        """Move one limit; `seconds` is the length of an hour, day or unsettled window."""
        await self._permissions.require_for_token(actor, "/admin limits set")
        _check_value(limit, value)
        period = _checked_period(seconds)
        before = await self._lane.limits()
        after = with_limit(before, limit, value, period)
        return await self._change(actor, "limits set", before, after)

    async def preset(self, actor: Actor, plan: str) -> Snapshot:
        """Take all limits of a plan."""
        await self._permissions.require_for_token(actor, "/admin limits preset")
        if plan not in PRESETS:
            raise BadValue(option="plan", given=plan[:50], allowed=", ".join(PRESETS))
        return await self._change(
            actor, f"limits preset {plan}", await self._lane.limits(), PRESETS[plan]
        )

    async def _change(self, actor: Actor, action: str, before: Limits, after: Limits) -> Snapshot:
        change = (in_short(before), in_short(after))
        entry = entry_of(actor, self._clock.now(), action, change)
        await self._lane.set_limits(after, entry)
        self._changed()
        return await self._queue.snapshot()


def in_short(limits: Limits) -> str:
    """All limits in one line, for the audit trail."""
    windows = [
        f"{window.limit.value} {window.cap}/{window.period.total_seconds():g} s"
        for window in sorted(limits.windows, key=lambda window: window.period)
    ]
    money = "none" if limits.money_nusd is None else f"${limits.money_nusd / 1e9:.2f}"
    rest = f"in flight {limits.in_flight}, waiting {limits.waiting}, reserve {limits.reserve}"
    return ", ".join([*windows, f"money {money}", rest])


def _check_value(limit: Limit, value: int) -> None:
    lowest, highest = RANGES[limit]
    if lowest <= value <= highest and not (value == 0 and lowest < 0):
        return
    lift = "-1 (no limit) or " if lowest < 0 else ""
    allowed = f"{lift}{max(lowest, 1) if lowest < 0 else lowest}-{highest} for {limit.value}"
    raise BadValue(option="value", given=str(value), allowed=allowed)


def _checked_period(seconds: int | None) -> timedelta | None:
    if seconds is None:
        return None
    most = int(PERIOD_MOST.total_seconds())
    if not 1 <= seconds <= most:
        raise BadValue(option="seconds", given=str(seconds), allowed=f"1-{most}")
    return timedelta(seconds=seconds)
