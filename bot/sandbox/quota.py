"""The upstream's own windows and credit, counted by its own clock. Held by upstream.py."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

NUSD_PER_USD = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class UpstreamWindow:
    """At most `calls` in any `seconds` (sliding), or between two turns of a fixed window.

    A fixed window turns whenever the clock shows `phase` plus a multiple of `seconds`.
    """

    name: str
    calls: int
    seconds: float
    fixed: bool = False
    phase: float = 0.0

    def full(self, stamps: Sequence[float], now: float) -> bool:
        """Whether calls stamped at `stamps` leave no room at `now`."""
        return self.used(stamps, now) >= self.calls

    def used(self, stamps: Sequence[float], now: float) -> int:
        """How many of `stamps` count at `now`."""
        start = self._turned_at(now) if self.fixed else now - self.seconds
        return sum(1 for at in stamps if self._inside(at, start))

    def frees_in(self, stamps: Sequence[float], now: float) -> float:
        """Seconds from `now` until there is room again; 0.0 when there is."""
        if not self.full(stamps, now):
            return 0.0
        if self.fixed:
            return self._turned_at(now) + self.seconds - now
        if self.calls <= 0:
            return self.seconds
        return max(0.0, sorted(stamps)[-self.calls] + self.seconds - now)

    def _inside(self, at: float, start: float) -> bool:
        # A sliding window is open at its old end: two calls exactly `seconds` apart are fine.
        return at >= start if self.fixed else at > start

    def _turned_at(self, now: float) -> float:
        return self.phase + math.floor((now - self.phase) / self.seconds) * self.seconds


FREE_WINDOWS = (
    UpstreamWindow(name="spacing", calls=1, seconds=2),
    UpstreamWindow(name="hour", calls=30, seconds=3600),
    UpstreamWindow(name="day", calls=1000, seconds=86400),
)


@dataclass(kw_only=True)
class Billing:
    """Each picture holds a placeholder on the credit until its true cost is known.

    Amounts in nano-USD. Before it settles a picture weighs `placeholder_nusd`, afterwards
    `cost_nusd`; a call that would go beyond `credit_nusd` is refused with 402.
    """

    credit_nusd: int = NUSD_PER_USD // 10
    placeholder_nusd: int = NUSD_PER_USD // 100
    cost_nusd: int = 1_200_000
    settles_after: float = 60.0
    _booked_at: list[float] = field(default_factory=list[float])

    def book(self, now: float) -> None:
        """A picture was made at `now`."""
        self._booked_at.append(now)

    def used_nusd(self, now: float) -> int:
        """What weighs on the credit at `now`, settled or not."""
        open_ = sum(1 for at in self._booked_at if at > now - self.settles_after)
        settled = len(self._booked_at) - open_
        return open_ * self.placeholder_nusd + settled * self.cost_nusd

    def depleted(self, now: float) -> bool:
        """Whether one more picture is more than the credit bears."""
        return self.used_nusd(now) + self.placeholder_nusd > self.credit_nusd
