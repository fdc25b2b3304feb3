"""A process dies after every step of a job, and again while the next one recovers.

Another test lets every single statement fail in turn. Whatever happens, the books balance, the
person is charged once or not at all, and the job can be brought to its end.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.core.errors import Superseded, Unavailable
from bot.core.jobs import Status
from bot.core.outbox import Posted
from bot.core.queue import Claimed, Lease
from bot.core.spool import encode, note_name, picture_name
from bot.ledger.tables import account, job, outbox, transfer, usage
from tests.factories import ANA, CHANNEL, make_draft, make_result, seconds
from tests.ledger.office import Office, StepClock, engine_of, open_office

POSTED = Posted(channel_id=CHANNEL, message_id=77)
STEPS = (
    "submit",
    "claim",
    "mark_sent",
    "spool_note",
    "spool_picture",
    "settle",
    "begin_telling",
    "end_telling",
)


@dataclass
class Story:
    """A job's life in one process, step by step; each step is what a crash may follow."""

    office: Office
    lease: Lease | None = None

    async def submit(self) -> None:
        await self.office.submit()

    async def claim(self) -> None:
        claimed = await self.office.queue.claim(self.office.owner)
        self.lease = claimed.lease if isinstance(claimed, Claimed) else None

    async def mark_sent(self) -> None:
        if self.lease:
            await self.office.queue.mark_sent(self.lease)

    async def spool_note(self) -> None:
        if self.lease:
            name = picture_name("job1", self.lease.attempt)
            await self.office.media.save(note_name(name), encode(make_result(name)))

    async def spool_picture(self) -> None:
        if self.lease:
            name = picture_name("job1", self.lease.attempt)
            await self.office.media.save(name, b"picture")

    async def settle(self) -> None:
        if self.lease:
            await self.office.succeed(self.lease)

    async def begin_telling(self) -> None:
        for delivery in await self.office.outbox.due(10):
            await self.office.outbox.begin(delivery)

    async def end_telling(self) -> None:
        for delivery in await self.office.outbox.due(10):
            await self.office.outbox.done(delivery, POSTED)

    async def step(self, name: str) -> None:
        await getattr(self, name)()
        self.office.clock.move(seconds(1))


async def charged(office: Office) -> int:
    """How many pictures the person was charged."""
    kinds = {row["id"]: row["kind"] for row in await office.rows(account)}
    posts = [row for row in await office.rows(transfer) if row["kind"] == "post"]
    return sum(row["amount"] for row in posts if kinds[row["account_id"]] == "image")


async def check(office: Office) -> None:
    """What holds at any moment."""
    assert await office.broken() == []
    jobs = await office.rows(job)
    assert len(jobs) <= 1
    for row in jobs:
        assert await charged(office) == (row["state"] == "done")
        running = row["state"] in ("leased", "sent")
        if row["sent_at"] and not running:
            assert row["attempt"] in [use["attempt"] for use in await office.rows(usage)]


async def finish(office: Office) -> None:
    """Whatever happened, the job can be brought to its end and told."""
    await office.queue.submit(make_draft(1, ANA))
    if (await office.job()).status is Status.QUEUED:
        await office.succeed(await office.send())
    story = Story(office)
    await story.begin_telling()
    await story.end_telling()
    await check(office)
    assert (await office.job()).status.final
    assert [row["state"] for row in await office.rows(outbox)] == ["told"]
    assert await office.outbox.due(10) == []


async def live(ledger: Path, clock: StepClock, steps: int) -> None:
    """A process that dies after so many steps."""
    async with open_office(ledger, clock, owner="first") as office:
        story = Story(office)
        for name in STEPS[:steps]:
            await story.step(name)
        await check(office)


def expected(steps: int) -> Status:
    """Where a recovered job stands."""
    if steps <= STEPS.index("claim") + 1:
        return Status.QUEUED
    return Status.DONE if steps > STEPS.index("spool_picture") else Status.FAILED


@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1), ids=STEPS)
async def test_a_crash_after_any_step(ledger: Path, clock: StepClock, steps: int) -> None:
    await live(ledger, clock, steps)
    async with open_office(ledger, clock, owner="second") as office:
        await office.dispatcher.recover(everyone=True)
        await check(office)
        assert (await office.job()).status is expected(steps)
        told = [row["state"] for row in await office.rows(outbox)]
        await office.dispatcher.recover(everyone=True)
        assert [row["state"] for row in await office.rows(outbox)] == told
        await finish(office)


class Crash(BaseException):
    """The process dies here; nobody catches it."""


@dataclass(eq=False)
class Fault:
    """Counts what goes to the database and fails at the n-th."""

    at: int
    error: BaseException
    seen: int = 0

    def __call__(self, *_: Any) -> None:
        self.seen += 1
        if self.seen == self.at:
            raise self.error


def arm(office: Office, fault: Fault) -> None:
    """Every statement and every commit may fail."""
    for what in ("before_cursor_execute", "commit"):
        event.listen(engine_of(office.database), what, fault)


def disarm(office: Office, fault: Fault) -> None:
    """The fault is over."""
    for what in ("before_cursor_execute", "commit"):
        event.remove(engine_of(office.database), what, fault)


async def recover_until(ledger: Path, clock: StepClock, nth: int) -> bool:
    """Recover in a process that dies at its n-th statement; whether it came to an end."""
    async with open_office(ledger, clock, owner=f"dies at {nth}") as office:
        fault = Fault(nth, Crash())
        arm(office, fault)
        try:
            await office.dispatcher.recover(everyone=True)
        except Crash:
            return False
        finally:
            disarm(office, fault)
            await check(office)
    return True


@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1), ids=STEPS)
async def test_a_crash_at_any_statement_of_the_recovery(
    ledger: Path, clock: StepClock, steps: int
) -> None:
    await live(ledger, clock, steps)
    nth = 1
    while not await recover_until(ledger, clock, nth):
        nth += 1
    assert nth > 1
    async with open_office(ledger, clock, owner="last") as office:
        await office.dispatcher.recover(everyone=True)
        assert (await office.job()).status is expected(steps)
        await finish(office)


async def survive(office: Office) -> None:
    """A job's life in which every step may fail: what fails is tried no further."""
    story = Story(office)
    for name in STEPS:
        try:
            await story.step(name)
        except (Unavailable, Superseded):
            assert await office.broken() == []


async def count_statements(ledger: Path, clock: StepClock) -> int:
    """How many statements and commits an undisturbed life takes."""
    async with open_office(ledger, clock) as office:
        fault = Fault(0, Crash())
        arm(office, fault)
        await survive(office)
        disarm(office, fault)
        assert (await office.job()).status is Status.DONE
    return fault.seen


async def fail_at(ledger: Path, nth: int) -> None:
    """One life with a failing statement, then a new process that brings it to its end."""
    clock = StepClock()
    async with open_office(ledger, clock, owner="first") as office:
        fault = Fault(nth, sqlite3.OperationalError("disk I/O error"))
        arm(office, fault)
        await survive(office)
        disarm(office, fault)
        assert fault.seen >= nth
        if await office.rows(job):
            await check(office)
    async with open_office(ledger, clock, owner="second") as office:
        await office.dispatcher.recover(everyone=True)
        await finish(office)


@pytest.mark.timeout(180)
async def test_every_single_statement_may_fail(
    empty_ledger: Path, tmp_path: Path, clock: StepClock
) -> None:
    def fresh(name: str) -> Path:
        path = tmp_path / name / "hugops.db"
        path.parent.mkdir()
        path.write_bytes(empty_ledger.read_bytes())
        return path

    total = await count_statements(fresh("undisturbed"), clock)
    assert total > 50
    for nth in range(1, total + 1):
        await fail_at(fresh(str(nth)), nth)
