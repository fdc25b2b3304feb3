"""Plays one case: workers claim from a real ledger, calls travel, the upstream counts.

Called by `python -m bench.simulate` and by the tests. The same case and seed give the same digest.
"""

import hashlib
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

from sqlalchemy import event

from bench.simulation.cases import Case
from bench.simulation.upstream import best, upstream_of
from bot.core.access import ChannelId, GuildId, UserId
from bot.core.errors import Cause, Failed, Reach
from bot.core.jobs import JobKey, Origin, Request, Result, Status
from bot.core.outcomes import SUCCESS, Strikes, after_failure
from bot.core.prices import Basis, Cost
from bot.core.queue import Claimed, Draft
from bot.core.records import Attempt
from bot.core.windows import PRESETS, Limit, Limits
from bot.ledger.books import broken_rows
from bot.ledger.database import Database
from bot.ledger.desk import Desk
from bot.ledger.lanes import find_lane
from bot.ledger.queue import SqlQueue
from bot.ledger.timeline import Timeline

START_AT = datetime(2026, 10, 1, tzinfo=UTC)
LEASE = timedelta(seconds=60)
POLL_S = 5.0
BACKLOG = 5
PEOPLE = 8
WORK_S = 1.0  # how long the upstream draws a picture
_FREE = Cost(basis=Basis.ESTIMATED, amount_nusd=0)
# Money and unsettled calls are rules of the bot; here only the upstream's own windows count.
_OURS = (Limit.SPACING, Limit.HOUR, Limit.DAY)
LIMITS = Limits(windows=tuple(w for w in PRESETS["free"].windows if w.limit in _OURS), waiting=1000)

Deed = Callable[[], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Score:
    """What a case came to: calls taken and refused, the most there could have been, the digest."""

    taken: int
    refused: int
    best: int
    broken: int
    digest: str

    @property
    def share(self) -> float:
        """Of the best possible."""
        return self.taken / self.best


class VirtualClock:
    """The Clock port in virtual time; the wall clock can be stepped, the time since boot cannot."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.stepped = timedelta()

    def now(self) -> datetime:
        """The wall clock."""
        return START_AT + timedelta(seconds=self.seconds) + self.stepped

    def uptime(self) -> tuple[str, timedelta]:
        """One boot, an hour before the start."""
        return "boot", timedelta(hours=1, seconds=self.seconds)

    async def wait(self, event: object, longest: timedelta) -> None:
        """Nobody waits: the engine moves time."""
        raise AssertionError("the engine moves time itself")


@dataclass(eq=False)
class Worker:
    """A process; a new life has a new name, and what the old one awaited never comes."""

    number: int
    life: int = 0
    planned: int = 0  # only the newest plan to claim counts

    @property
    def owner(self) -> str:
        """Its name on leases."""
        return f"worker {self.number}.{self.life}"


@dataclass(eq=False)
class Engine:
    """Moves time from event to event."""

    case: Case
    random: Random
    queue: SqlQueue
    clock: VirtualClock
    until: float
    events: list[tuple[float, int, Deed]] = field(default_factory=list[tuple[float, int, Deed]])
    numbers: "count[int]" = field(default_factory=count)
    jobs: "count[int]" = field(default_factory=lambda: count(1))
    waiting: int = 0

    def __post_init__(self) -> None:
        case = self.case
        self.upstream = upstream_of(
            sliding=case.sliding,
            hour_cap=case.hour_cap,
            counts_refused=case.counts_refused,
            random=self.random,
        )
        self.workers = [Worker(number) for number in range(case.processes)]
        self.digest = hashlib.sha256()

    async def play(self) -> None:
        """Until the time is over."""
        for worker in self.workers:
            self._plan_claim(worker, 0.0)
        for step in self.case.clock_steps:
            self._at(self.random.uniform(0, self.until), partial(self._step_clock, step))
        for _ in range(self.case.restarts):
            worker = self.random.choice(self.workers)
            self._at(self.random.uniform(0, self.until), partial(self._restart, worker))
        while self.events and self.events[0][0] < self.until:
            at, _, deed = heapq.heappop(self.events)
            self.clock.seconds = max(at, self.clock.seconds)
            await deed()

    def _at(self, at: float, deed: Deed) -> None:
        heapq.heappush(self.events, (at, next(self.numbers), deed))

    def _plan_claim(self, worker: Worker, wait: float) -> None:
        worker.planned += 1
        self._at(self.clock.seconds + wait, partial(self._claim, worker, worker.planned))

    async def _claim(self, worker: Worker, plan: int) -> None:
        if plan != worker.planned:
            return
        await self._fill()
        claimed = await self.queue.claim(worker.owner)
        if not isinstance(claimed, Claimed):
            wait = POLL_S if claimed.wait is None else claimed.wait.total_seconds()
            self._plan_claim(worker, wait)
            return
        self.waiting -= 1
        await self.queue.mark_sent(claimed.lease)
        arrival = self.clock.seconds + self._latency()
        self._at(arrival, partial(self._arrive, worker, worker.life, claimed))

    async def _fill(self) -> None:
        """There is always somebody waiting."""
        while self.waiting < BACKLOG:
            await self.queue.submit(_draft(next(self.jobs), self.clock.now()))
            self.waiting += 1

    async def _arrive(self, worker: Worker, life: int, claimed: Claimed) -> None:
        wait = self.upstream.call(self.clock.seconds)
        self.digest.update(f"{self.clock.seconds:.6f} {wait}\n".encode())
        work = WORK_S if wait is None else 0.0
        answer = self.clock.seconds + work + self._latency()
        self._at(answer, partial(self._answer, worker, life, claimed, wait))

    async def _answer(
        self, worker: Worker, life: int, claimed: Claimed, wait: float | None
    ) -> None:
        if life != worker.life:  # nobody is there any more to hear it
            return
        if wait is None:
            attempt = Attempt(seconds=WORK_S, cost=_FREE, result=_result(claimed))
            await self.queue.settle(claimed.lease, SUCCESS, attempt)
        else:
            asked = timedelta(seconds=wait)
            refusal = Failed(cause=Cause.SLOW_DOWN, reach=Reach.REJECTED, retry_after=asked)
            await self._settle_failure(claimed, refusal)
        for each in self.workers:
            self._plan_claim(each, 0.0)

    async def _settle_failure(self, claimed: Claimed, failed: Failed) -> None:
        settlement = after_failure(failed, tries=claimed.job.tries, strikes=Strikes())
        await self.queue.settle(claimed.lease, settlement, Attempt(seconds=0, cost=_FREE))
        self.waiting += settlement.status is Status.QUEUED

    async def _step_clock(self, length: timedelta) -> None:
        self.clock.stepped += length

    async def _restart(self, worker: Worker) -> None:
        """It dies, and its next life recovers what it left, as the dispatcher does."""
        worker.life += 1
        for claimed in await self.queue.abandoned(worker.owner, everyone=True):
            lost = Failed(cause=Cause.RESTARTED, reach=Reach.UNKNOWN)
            await self._settle_failure(claimed, lost)
        self._plan_claim(worker, self.random.uniform(0.5, 20))

    def _latency(self) -> float:
        away, jitter = self.case.latency_s, self.case.jitter_s
        return max(away + self.random.uniform(-jitter, jitter), 0.0)


async def play(case: Case, *, seed: int, hours: float, folder: Path) -> Score:
    """Play `case` for so many hours of virtual time on a new ledger in `folder`."""
    clock, random = VirtualClock(), Random(f"{case.name} {seed}")  # noqa: S311 - repeatable
    database = Database.at(f"sqlite+aiosqlite:///{folder / 'simulation.db'}")
    event.listen(database._connections.engine, "connect", _hurry)
    try:
        await database.upgrade()
        queue = await _open_queue(database, clock)
        engine = Engine(case, random, queue, clock, until=hours * 3600)
        await engine.play()
        broken = len(await database.read(broken_rows))
    finally:
        await database.close()
    upstream = engine.upstream
    return Score(
        taken=len(upstream.accepted),
        refused=len(upstream.refused),
        best=best(upstream, engine.until),
        broken=broken,
        digest=engine.digest.hexdigest()[:16],
    )


async def _open_queue(database: Database, clock: VirtualClock) -> SqlQueue:
    timeline = Timeline(clock)
    await database.write(timeline.anchor)
    lane_id = await database.write(
        lambda conn: find_lane(conn, name="simulation", fingerprint="simulation", seed=LIMITS)
    )
    return SqlQueue(database, Desk(lane_id=lane_id, lease=LEASE, timeline=timeline))


def _hurry(connection: object, _record: object) -> None:
    """No flush to the disk: virtual time has no power cuts."""
    connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]


def _draft(number: int, now_at: datetime) -> Draft:
    origin = Origin(
        interaction_id=number,
        application_id=1,
        guild_id=GuildId(1),
        channel_id=ChannelId(1),
        user_id=UserId(1 + number % PEOPLE),
        token="",
        token_ends_at=now_at,
    )
    request = Request(prompt="a fox", model="a/b", seed=number)
    return Draft(
        key=JobKey(f"job{number}"), idem=str(number), request=request, origin=origin, weight=1
    )


def _result(claimed: Claimed) -> Result:
    return Result(
        media=None,
        mime="image/png",
        width=1,
        height=1,
        seconds=WORK_S,
        provider="hf-inference",
        cost=_FREE,
    )
