"""An upstream that counts calls the moment they arrive, and refuses what is too much.

Driven by engine.py. It shares no rule with the bot. Its time is seconds from the start.
"""

from dataclasses import dataclass, field
from math import ceil, floor
from random import Random

SPACING_S, HOUR_S, DAY_S = 2.0, 3600.0, 86400.0


@dataclass(kw_only=True)
class Counter:
    """A window of `length` that takes `cap` calls; `phase` None: it slides."""

    length: float
    cap: int
    phase: float | None
    stamps: list[float] = field(default_factory=list[float])

    def frees_at(self, at: float) -> float:
        """The first moment from `at` on at which one more call is taken."""
        if self.phase is None:
            full = [stamp for stamp in self.stamps[-self.cap :] if stamp > at - self.length]
            return at if len(full) < self.cap else full[0] + self.length
        opened = floor((at - self.phase) / self.length) * self.length + self.phase
        full = [stamp for stamp in self.stamps[-self.cap :] if stamp >= opened]
        return at if len(full) < self.cap else opened + self.length

    def count(self, at: float) -> None:
        """One more."""
        self.stamps.append(at)


@dataclass(kw_only=True)
class Upstream:
    """Three windows; `counts_refused`: a refused call fills them as well."""

    counters: tuple[Counter, ...]
    counts_refused: bool = False
    accepted: list[float] = field(default_factory=list[float])
    refused: list[float] = field(default_factory=list[float])

    def call(self, at: float) -> float | None:
        """None: taken. Otherwise the whole seconds after which to come again."""
        wait = max(counter.frees_at(at) for counter in self.counters) - at
        if wait <= 0 or self.counts_refused:
            for counter in self.counters:
                counter.count(at)
        if wait <= 0:
            self.accepted.append(at)
            return None
        self.refused.append(at)
        return float(ceil(wait))


def upstream_of(*, sliding: bool, hour_cap: int, counts_refused: bool, random: Random) -> Upstream:
    """Windows of the free plan, each at a phase of its own when they are fixed."""
    caps = ((SPACING_S, 1), (HOUR_S, hour_cap), (DAY_S, 1000))
    counters = tuple(
        Counter(length=length, cap=cap, phase=None if sliding else random.uniform(0, length))
        for length, cap in caps
    )
    return Upstream(counters=counters, counts_refused=counts_refused)


def best(upstream: Upstream, until: float) -> int:
    """How many calls somebody who knew everything could have placed before `until`."""
    ideal = Upstream(
        counters=tuple(
            Counter(length=c.length, cap=c.cap, phase=c.phase) for c in upstream.counters
        )
    )
    at = 0.0
    while at < until:
        frees_at = max(counter.frees_at(at) for counter in ideal.counters)
        if frees_at <= at:
            ideal.call(at)
            frees_at = at + 1e-6
        at = frees_at
    return len(ideal.accepted)
