"""Any story of people, calls, crashes and clocks over the real queue, against a small model.

The model knows only what people and the upstream see: which jobs ended how, and when calls were
in the air. It knows nothing of rows, leases or transfers.
"""

import asyncio
import shutil
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, func, select

from bot.core.access import UserId
from bot.core.errors import Cause, Failed, Reach, Superseded, TooLate, TooManyWaiting
from bot.core.jobs import JobId, Status
from bot.core.queue import Claimed, Lease
from bot.core.windows import Limit, Limits
from bot.ledger.books import broken_rows
from bot.ledger.tables import account, job, transfer
from tests.factories import ANA, BO, CY, make_failed, make_limits, make_window, seconds
from tests.ledger.model import PERIOD, Call, Model
from tests.ledger.office import Office, StepClock, open_office

T = TypeVar("T")

EXAMPLES = 100  # more where the profile asks for more
STEPS = 30
PHASES = set(Phase) - {Phase.explain}  # explaining a story takes longer than reading it
PEOPLE = st.sampled_from([ANA, BO, CY])
FAILURES = [
    make_failed(Cause.REJECTED, Reach.REJECTED),
    make_failed(Cause.NO_ANSWER, Reach.REJECTED),
    make_failed(Cause.LOADING, Reach.REJECTED, retry_after=seconds(3)),
    make_failed(Cause.SLOW_DOWN, Reach.REJECTED, retry_after=seconds(4)),
    make_failed(Cause.BROKEN_LINE, Reach.UNKNOWN),
    make_failed(Cause.NO_ANSWER, Reach.NEVER),
]


class QueueStory(RuleBasedStateMachine):
    """One process after the other works the queue; the numbers of jobs grow."""

    empty: Path | None = None

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="hugops-model-"))
        assert QueueStory.empty
        self.path = Path(shutil.copy(QueueStory.empty, self.folder / "hugops.db"))
        self.runner = asyncio.Runner()
        self.clock, self.model, self.stack = StepClock(), Model(), AsyncExitStack()
        self.processes = self.submitted = 0
        self.claimed: list[Lease] = []
        self.sent: list[Lease] = []
        self.stale: list[Lease] = []
        self.start()

    def wait(self, step: Awaitable[T]) -> T:
        async def run() -> T:
            return await step

        return self.runner.run(run())

    def start(self) -> None:
        self.processes += 1
        opening = open_office(
            self.path, self.clock, owner=f"process {self.processes}", limits=self.limits()
        )
        self.office: Office = self.wait(self.stack.enter_async_context(opening))

    def limits(self) -> Limits:
        window = make_window(Limit.HOUR, self.model.cap, PERIOD.total_seconds())
        return make_limits(window, in_flight=self.model.in_flight)

    def now(self) -> timedelta:
        return self.clock.uptime()[1]

    def teardown(self) -> None:
        self.wait(self.stack.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)

    @initialize()
    def everybody_wants_one(self) -> None:
        for user_id in (ANA, BO, CY):
            self.submit_one(user_id)

    @rule(user_id=PEOPLE)
    def submit(self, user_id: UserId) -> None:
        for _ in range(2):
            self.submit_one(user_id)

    def submit_one(self, user_id: UserId) -> None:
        number = self.submitted + 1
        try:
            made = self.wait(self.office.submit(number, user_id))
        except TooManyWaiting:
            return
        assert self.wait(self.office.submit(number, user_id)) == made
        self.submitted, self.model.statuses[made.id] = number, Status.QUEUED

    @rule(sends=st.sampled_from([True, True, False]))
    def claim(self, sends: bool) -> None:
        claimed = self.wait(self.office.queue.claim(self.office.owner))
        if not isinstance(claimed, Claimed):
            return
        assert self.model.may_send(self.now())
        lease = claimed.lease
        assert self.model.statuses[lease.job_id] is Status.QUEUED
        self.model.calls[lease.job_id, lease.attempt] = Call()
        self.model.statuses[lease.job_id] = Status.LEASED
        self.claimed.append(lease)
        self.haunt(lease.job_id)
        if sends:
            self.mark(lease)
            self.haunt(lease.job_id)

    @precondition(lambda self: self.claimed)
    @rule(data=st.data())
    def mark_sent(self, data: st.DataObject) -> None:
        self.mark(data.draw(st.sampled_from(self.claimed)))

    def mark(self, lease: Lease) -> None:
        try:
            self.wait(self.office.queue.mark_sent(lease))
        except Superseded:
            assert self.model.in_flight > 1  # it dawdled beside others
            return
        self.claimed.remove(lease)
        self.sent.append(lease)
        self.model.statuses[lease.job_id] = Status.SENT

    @precondition(lambda self: self.claimed)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        lease = data.draw(st.sampled_from(self.claimed))
        self.wait(self.office.queue.release(lease))
        self.forget(lease, Status.QUEUED)

    @precondition(lambda self: self.sent)
    @rule(
        data=st.data(),
        failed=st.sampled_from([None, *FAILURES]),
        after=st.sampled_from([0, 7, 61]),
    )
    def settle(self, data: st.DataObject, failed: Failed | None, after: int) -> None:
        self.end(data.draw(st.sampled_from(self.sent)), failed, after)

    @rule(failed=st.sampled_from([None, None, *FAILURES]), after=st.sampled_from([0, 7, 61]))
    def whole_call(self, failed: Failed | None, after: int) -> None:
        before = len(self.sent)
        self.claim(sends=True)
        if len(self.sent) > before:
            self.end(self.sent[-1], failed, after)
            self.claim(sends=True)

    def end(self, lease: Lease, failed: Failed | None, after: int) -> None:
        self.clock.move(seconds(after))
        status = Status.DONE
        if failed:
            tries = self.model.tries[lease.job_id]
            settlement = self.wait(self.office.fail(lease, failed, tries))
            status = settlement.status
            self.model.tries[lease.job_id] += settlement.counts_try
        else:
            self.wait(self.office.succeed(lease))
        self.sent.remove(lease)
        self.stale.append(lease)
        self.model.answer(lease, self.now(), status, failed)

    def haunt(self, job_id: int) -> None:
        """Whoever held this job before comes back and may change nothing."""
        for lease in [lease for lease in self.stale if lease.job_id == job_id][-2:]:
            for step in (self.office.succeed, self.office.queue.renew, self.office.queue.release):
                with pytest.raises(Superseded):
                    self.wait(step(lease))

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(sorted(self.model.statuses)))
        could = self.model.statuses[job_id] in {Status.QUEUED, Status.LEASED}
        try:
            self.wait(self.office.queue.cancel(JobId(job_id)))
        except TooLate:
            assert not could
            return
        assert could
        self.model.statuses[job_id] = Status.CANCELLED
        for lease in [lease for lease in self.claimed if lease.job_id == job_id]:
            self.forget(lease, Status.CANCELLED)

    def forget(self, lease: Lease, status: Status) -> None:
        """A claim that never left."""
        self.claimed.remove(lease)
        self.stale.append(lease)
        self.model.calls[lease.job_id, lease.attempt].counts = False
        self.model.statuses[lease.job_id] = status

    @precondition(lambda self: self.claimed or self.sent)
    @rule()
    def crash(self) -> None:
        self.wait(self.stack.aclose())
        self.start()
        self.wait(self.office.dispatcher.recover(everyone=True))
        for lease in list(self.claimed):
            self.forget(lease, Status.QUEUED)
        lost = Failed(cause=Cause.RESTARTED, reach=Reach.UNKNOWN)
        for lease in self.sent:
            self.model.answer(lease, self.now(), Status.FAILED, lost)
        self.stale += self.sent
        self.sent = []

    @rule(length=st.sampled_from([0.2, 3, 20, 61, 61]), hours=st.sampled_from([0, -2, 2]))
    def advance(self, length: float, hours: int) -> None:
        self.clock.move(seconds(length))
        self.clock.step(timedelta(hours=hours))

    @rule(cap=st.integers(1, 3), in_flight=st.integers(1, 2))
    def change_limits(self, cap: int, in_flight: int) -> None:
        self.model.cap, self.model.in_flight = cap, in_flight
        self.wait(self.office.limit(self.limits()))

    @invariant()
    def the_ledger_says_what_the_model_says(self) -> None:
        seen = self.wait(self.office.database.read(look))
        assert seen.broken == []
        assert seen.statuses == self.model.statuses
        assert seen.pictures == self.model.done
        assert seen.spent == self.model.spent


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the ledger says at one instant."""

    broken: list[str]
    statuses: dict[int, Status]
    pictures: int
    spent: int


def look(conn: Connection) -> Seen:
    """Read it."""
    posts = (
        select(account.c.kind, func.count(), func.sum(transfer.c.amount))
        .join(account, account.c.id == transfer.c.account_id)
        .where(transfer.c.kind == "post")
        .group_by(account.c.kind)
    )
    posted = {kind: (count, amount) for kind, count, amount in conn.execute(posts)}
    rows = conn.execute(select(job.c.id, job.c.state))
    return Seen(
        broken=list(broken_rows(conn)),
        statuses={row.id: Status(row.state) for row in rows},
        pictures=posted.get("image", (0, 0))[0],
        spent=posted.get("money", (0, 0))[1],
    )


@pytest.mark.timeout(900)
def test_no_story_breaks_the_queue(empty_ledger: Path) -> None:
    QueueStory.empty = empty_ledger
    examples = max(settings().max_examples, EXAMPLES)
    run_state_machine_as_test(
        QueueStory,
        settings=settings(max_examples=examples, stateful_step_count=STEPS, phases=PHASES),
    )
