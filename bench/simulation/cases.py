"""The situations that are played, and what each must come to. Read by engine.py and the table."""

from dataclasses import dataclass
from datetime import timedelta

STEPS = (
    timedelta(minutes=-30),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=-2),
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """An upstream, a line to it, and what goes wrong meanwhile.

    The way there takes `latency_s` seconds, give or take `jitter_s`, and so does the way back.
    """

    name: str
    sliding: bool = True
    hour_cap: int = 30  # what the upstream counts; the ledger is always set to 30
    counts_refused: bool = False
    latency_s: float = 0.35
    jitter_s: float = 0.30
    clock_steps: tuple[timedelta, ...] = ()
    restarts: int = 0
    processes: int = 1

    @property
    def at_least(self) -> float:
        """The share of the best possible that has to be reached over two days."""
        return 0.99 if self.sliding else 0.97

    @property
    def refusals_at_most(self) -> int:
        """How many refusals two days may bring: none, where the limits are set right."""
        return 25 if self.hour_cap < 30 else 0  # noqa: PLR2004 - the cap that the ledger is set to


CASES = (
    Case(name="sliding"),
    Case(name="fixed, phase unknown", sliding=False),
    Case(name="sliding, counts refused calls too", counts_refused=True),
    Case(name="sliding, really 24 an hour", hour_cap=24),
    Case(name="sliding, 10 s away", latency_s=10, jitter_s=8),
    Case(name="fixed, 10 s away", sliding=False, latency_s=10, jitter_s=8),
    Case(name="sliding, clock steps", clock_steps=STEPS),
    Case(name="fixed, clock steps", sliding=False, clock_steps=STEPS),
    Case(name="sliding, 24 restarts", restarts=24),
    Case(name="fixed, 24 restarts", sliding=False, restarts=24),
    Case(name="sliding, two processes", processes=2),
    Case(name="fixed, two processes", sliding=False, processes=2),
)
