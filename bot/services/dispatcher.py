"""The loop that works the queue: claim, call, spool, settle; recovery at start; drain at the end.

One ladder runs a job, and every rung leaves the books whole: a process may die on any of them.
Run by bot/app.py; nothing of Discord is needed here.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog

from bot.core.errors import Cause, Failed, Reach, Superseded, Unavailable
from bot.core.jobs import Job, Status, describe
from bot.core.outcomes import GIVE_UP_AFTER, SUCCESS, Settlement, after_failure
from bot.core.ports import Clock, Media, Painter, Queue
from bot.core.prices import RESERVED_PER_IMAGE_NUSD, Basis, Cost
from bot.core.queue import Claimed, Lease
from bot.core.records import Attempt
from bot.core.spool import decode, encode, note_name, picture_name
from bot.services.changes import Changes

POLL = timedelta(seconds=5)  # the safety net under the wake-up event
SETTLE_TRIES = 5

log = structlog.stdlib.get_logger()

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How this process works: its name on leases and how long a lease lasts."""

    owner: str
    lease: timedelta


class Dispatcher:
    """Works the queue of one lane until it is drained."""

    def __init__(
        self,
        queue: Queue,
        painter: Painter,
        media: Media,
        clock: Clock,
        changes: Changes,
        shift: Shift,
    ) -> None:
        self._queue = queue
        self._painter = painter
        self._media = media
        self._clock = clock
        self._changes = changes
        self._shift = shift
        self._bell = asyncio.Event()
        self._draining = False

    def wake(self) -> None:
        """Something changed: look at the queue again."""
        self._bell.set()

    def stir(self) -> None:
        """As `wake`, and the cards have something new to say."""
        self._changes.event.set()
        self.wake()

    def drain(self) -> None:
        """Take no more work; `run` returns when the running calls have ended."""
        self._draining = True
        self._bell.set()

    async def run(self) -> None:
        """Work until drained."""
        await self._safely("recover", lambda: self.recover(everyone=True))
        async with asyncio.TaskGroup() as work:
            tending = work.create_task(self._tend())
            while not self._draining:
                self._bell.clear()
                claimed = await self._claim()
                if isinstance(claimed, Claimed):
                    perform = partial(self._perform, claimed)
                    work.create_task(self._safely("perform", perform))
                elif not self._draining:
                    await self._clock.wait(self._bell, claimed)
            tending.cancel()

    async def recover(self, *, everyone: bool) -> None:
        """Finish what a dead process left: adopt its picture, give back its claim, or tell."""
        owner = self._shift.owner
        for claimed in await self._queue.abandoned(owner, everyone=everyone):
            await self._safely("recover", partial(self._recover_one, claimed))
            self._changes.note(claimed.job.key)
            self._bell.set()

    async def _recover_one(self, claimed: Claimed) -> None:
        if claimed.job.status is Status.LEASED:
            await self._queue.release(claimed.lease)
            return
        name = picture_name(claimed.job.key, claimed.lease.attempt)
        note = await self._media.load(note_name(name))
        result = decode(note) if note else None
        if result and await self._media.load(name):
            attempt = Attempt(seconds=result.seconds, cost=result.cost, result=result)
            await self._queue.settle(claimed.lease, SUCCESS, attempt)
            return
        lost = Failed(cause=Cause.RESTARTED, reach=Reach.UNKNOWN)
        await self._settle_failure(claimed, lost, seconds=0.0)

    async def _claim(self) -> Claimed | timedelta:
        """A job, or how long to wait for one."""
        try:
            claimed = await self._queue.claim(self._shift.owner)
        except Unavailable as error:
            log.warning("The ledger did not answer", action="claim", reason=error.reason)
            return timedelta(seconds=1)
        if isinstance(claimed, Claimed):
            return claimed
        return POLL if claimed.wait is None else min(claimed.wait, POLL)

    async def _perform(self, claimed: Claimed) -> None:
        try:
            await self._queue.mark_sent(claimed.lease)
        except (Superseded, Unavailable):
            # Cancelled meanwhile, or too late for the spacing: what is still ours goes back.
            with suppress(Superseded, Unavailable):
                await self._queue.release(claimed.lease)
            self._bell.set()
            return
        self._changes.note(claimed.job.key)
        try:
            async with asyncio.TaskGroup() as group:
                renewal = group.create_task(self._renew(claimed.lease))
                await self._attempt(claimed)
                renewal.cancel()
        finally:
            self._changes.note(claimed.job.key)
            self._bell.set()

    async def _attempt(self, claimed: Claimed) -> None:
        """One call and what becomes of it."""
        started = time.monotonic()
        try:
            attempt = await self._paint(claimed)
        except Failed as failed:
            await self._settle_failure(claimed, failed, time.monotonic() - started)
        except asyncio.CancelledError:
            lost = Failed(cause=Cause.RESTARTED, reach=Reach.UNKNOWN)
            settling = self._settle_failure(claimed, lost, time.monotonic() - started)
            await asyncio.shield(settling)
            raise
        except Exception:
            log.exception("A job failed on our side", action="perform", job=claimed.job.key)
            ours = Failed(cause=Cause.OUR_FAULT, reach=Reach.UNKNOWN)
            await self._settle_failure(claimed, ours, time.monotonic() - started)
        else:
            await self._settle(claimed.lease, SUCCESS, attempt)

    async def _paint(self, claimed: Claimed) -> Attempt:
        job = claimed.job
        picture = await self._painter.paint(job.request)
        name = picture_name(job.key, claimed.lease.attempt)
        result = describe(picture, name)
        try:
            await self._media.save(note_name(name), encode(result))
            await self._media.save(name, picture.data)
        except Unavailable as error:
            log.exception("The picture could not be kept", action="spool", job=job.key)
            raise Failed(cause=Cause.OUR_FAULT, reach=Reach.ANSWERED) from error
        return Attempt(
            seconds=picture.seconds,
            cost=picture.cost,
            result=result,
            http_status=200,
            request_id=picture.request_id,
        )

    async def _settle_failure(self, claimed: Claimed, failed: Failed, seconds: float) -> None:
        strikes = await self._patiently(self._queue.strikes)
        settlement = after_failure(failed, tries=claimed.job.tries, strikes=strikes)
        attempt = Attempt(
            seconds=seconds,
            cost=_cost_of(settlement),
            http_status=failed.status,
            request_id=failed.request_id,
        )
        _report(claimed.job, failed, settlement)
        await self._settle(claimed.lease, settlement, attempt)

    async def _settle(self, lease: Lease, settlement: Settlement, attempt: Attempt) -> None:
        await self._patiently(lambda: self._queue.settle(lease, settlement, attempt))

    async def _patiently(self, step: Callable[[], Awaitable[T]]) -> T:
        """A step of settling: a locked or full disk must not turn a picture into a mystery."""
        for _ in range(SETTLE_TRIES - 1):
            try:
                return await step()
            except Unavailable as error:
                log.warning("Could not settle yet", action="settle", reason=error.reason)
                await self._clock.wait(asyncio.Event(), timedelta(seconds=1))
        return await step()

    async def _renew(self, lease: Lease) -> None:
        while True:
            await self._clock.wait(asyncio.Event(), self._shift.lease / 3)
            with suppress(Unavailable):
                await self._queue.renew(lease)

    async def _tend(self) -> None:
        """Now and then: take over lapsed leases, give up what waited too long."""
        while True:
            await self._clock.wait(asyncio.Event(), self._shift.lease / 3)
            await self._safely("recover", lambda: self.recover(everyone=False))
            await self._safely("expire", self._expire)

    async def _expire(self) -> None:
        for key in await self._queue.expire(self._clock.now() - GIVE_UP_AFTER):
            self._changes.note(key)

    async def _safely(self, action: str, step: Callable[[], Awaitable[None]]) -> None:
        """What goes wrong with one job may not stop the work on the others."""
        try:
            await step()
        except* Superseded:
            log.warning("Another process took the job over", action=action)
        except* Unavailable as errors:
            log.warning("The ledger did not answer", action=action, reason=str(errors))
        except* Exception:
            log.exception("A step failed on our side", action=action)


def _cost_of(settlement: Settlement) -> Cost:
    """What a failed attempt is booked at: the reserve when it may have been billed, else zero."""
    if settlement.money_counts:
        return Cost(basis=Basis.ESTIMATED, amount_nusd=RESERVED_PER_IMAGE_NUSD)
    return Cost(basis=Basis.ESTIMATED, amount_nusd=0)


def _report(job: Job, failed: Failed, settlement: Settlement) -> None:
    log.info(
        "An attempt failed",
        action="perform",
        job=job.key,
        cause=failed.cause.value,
        status=failed.status,
        request_id=failed.request_id,
        next=settlement.status.value,
    )
