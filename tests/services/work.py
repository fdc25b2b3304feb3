"""A dispatcher at work, and how a test waits for what it does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.core.jobs import Job, Status
from bot.core.prices import RESERVED_PER_IMAGE_NUSD, Basis, Cost
from bot.services.dispatcher import POLL, Dispatcher, Shift
from tests.fakes import PATIENCE, until
from tests.services.conftest import LEASE, House

NOTHING = Cost(basis=Basis.ESTIMATED, amount_nusd=0)
RESERVE = Cost(basis=Basis.ESTIMATED, amount_nusd=RESERVED_PER_IMAGE_NUSD)


def dispatcher_of(house: House) -> Dispatcher:
    return Dispatcher(
        house.queue,
        house.painter,
        house.media,
        house.clock,
        house.changes,
        Shift(owner="us", lease=LEASE),
    )


@asynccontextmanager
async def at_work(house: House) -> AsyncIterator[Dispatcher]:
    """A running dispatcher, drained at the end."""
    dispatcher = dispatcher_of(house)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(dispatcher.run())
        yield dispatcher
        dispatcher.drain()


async def reached(house: House, status: Status, key: str = "job1") -> Job:
    async with asyncio.timeout(PATIENCE):
        while (job := await house.job(key)).status is not status:  # noqa: ASYNC110 - no bell
            await asyncio.sleep(0)
    return job


async def attempted(house: House, times: int) -> None:
    """So many attempts are settled; the dispatcher has looked again since, and sleeps."""
    await until(lambda: house.queue.asked_after >= times)
    await until(lambda: len(house.clock.sleeping) == 2)  # the loop, and the tending of leases


async def calling(house: House) -> None:
    """A call is in the air and its lease is being renewed."""
    await until(lambda: house.clock.sleeping.count(LEASE / 3) == 2)


async def idle(house: House, length: timedelta = POLL) -> None:
    """The dispatcher found nothing to do and sleeps for `length`."""
    await until(lambda: length in house.clock.sleeping)


def hold_calls(house: House) -> asyncio.Event:
    house.painter.gate = asyncio.Event()
    return house.painter.gate
