"""What the process counts and times, and the page that /metrics answers with.

The only file that knows prometheus_client. Made by runtime.py, which hands its parts to the app,
the client and the loop. No label names a person, a server or a prompt.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.core.errors import Cause, Failed, Unavailable
from bot.core.jobs import Picture, Request
from bot.core.ports import Painter
from bot.core.queue import Snapshot
from bot.core.windows import used

PICTURE = "picture"
LAG_EVERY_S = 0.5

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
_ANSWER = (*_FAST, 2.0, 3.0)  # Discord forgets an unanswered interaction after three seconds
_CALL = (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 60.0, 120.0)


class Meters:
    """Every measure of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._waiting = Gauge(
            "hugops_queue_waiting_jobs", "Jobs that wait for their turn.", registry=self._registry
        )
        self._headroom = Gauge(
            "hugops_window_headroom_calls",
            "Calls that the window would let pass.",
            ["window"],
            registry=self._registry,
        )
        self._calls = Counter(
            "hugops_upstream_calls",
            "Calls to Hugging Face by outcome: picture, or the cause of the failure.",
            ["outcome"],
            registry=self._registry,
        )
        self._call_seconds = self._histogram("upstream_call", "Length of a call.", _CALL)
        self._lag_seconds = self._histogram(
            "loop_lag", "How much later than asked the event loop woke a sleeper.", _FAST
        )
        self._answer_seconds = self._histogram(
            "acknowledgement",
            "From an interaction's arrival until Discord has taken the first answer.",
            _ANSWER,
            "kind",
        )
        self._ledger_seconds = self._histogram(
            "ledger_transaction",
            "Length of a transaction, the wait for a connection and the lock included.",
            _ANSWER,
            "kind",
        )
        for outcome in (PICTURE, *(cause.value for cause in Cause)):
            self._calls.labels(outcome)  # so that each starts at nothing, not at one

    def called(self, outcome: str, seconds: float) -> None:
        """A call to Hugging Face ended."""
        self._calls.labels(outcome).inc()
        self._call_seconds.observe(seconds)

    def answered(self, kind: str, seconds: float) -> None:
        """An interaction of this kind got its first answer."""
        self._answer_seconds.labels(kind).observe(seconds)

    def transacted(self, kind: str, seconds: float) -> None:
        """A transaction of the ledger ended, well or not."""
        self._ledger_seconds.labels(kind).observe(seconds)

    async def watch_loop(self) -> None:
        """Time the event loop until cancelled."""
        while True:
            asked_at = time.perf_counter()
            await asyncio.sleep(LAG_EVERY_S)
            self._lag_seconds.observe(max(time.perf_counter() - asked_at - LAG_EVERY_S, 0.0))

    async def page(self, look: Callable[[], Awaitable[Snapshot]]) -> bytes:
        """All measures in Prometheus' text format; `look` reads the lane as it stands."""
        self._headroom.clear()
        try:
            self._show(await look())
        except Unavailable:
            self._waiting.set(float("nan"))  # unknown, which is not none
        return generate_latest(self._registry)

    def _histogram(
        self, name: str, words: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        full = f"hugops_{name}_seconds"
        return Histogram(full, words, labels, buckets=buckets, registry=self._registry)

    def _show(self, lane: Snapshot) -> None:
        self._waiting.set(len(lane.waiting))
        serial = lane.limits.in_flight == 1
        for window in lane.limits.windows:
            taken = used(lane.calls, window, lane.now_at, serial=serial)
            self._headroom.labels(window.limit.value).set(max(window.in_force - taken, 0))


class MeteredPainter:
    """The Painter port: another painter whose calls are counted by what became of them."""

    def __init__(self, painter: Painter, called: Callable[[str, float], None]) -> None:
        self._painter = painter
        self._called = called

    async def paint(self, request: Request) -> Picture:
        """One call. Raises Failed."""
        started = time.perf_counter()
        outcome = Cause.OUR_FAULT.value
        try:
            picture = await self._painter.paint(request)
            outcome = PICTURE
        except Failed as failed:
            outcome = failed.cause.value
            raise
        except asyncio.CancelledError:
            outcome = Cause.RESTARTED.value
            raise
        else:
            return picture
        finally:
            self._called(outcome, time.perf_counter() - started)
