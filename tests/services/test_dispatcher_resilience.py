"""A job that goes wrong in a way nobody thought of stays the only one that does."""

from bot.core.errors import Cause, HugOpsError, Reach
from bot.core.jobs import Status
from tests.factories import make_draft, make_failed, seconds
from tests.fakes import until
from tests.services.conftest import LEASE, House
from tests.services.work import at_work, idle, reached

SLEEPERS = 2  # the loop, and the tending of leases


class Bug(HugOpsError):
    """What nobody thought of."""


async def test_a_bug_while_settling_stops_nobody_else(house: House) -> None:
    house.queue.fails("settle", error=Bug())
    await house.submit(make_draft(1))
    async with at_work(house) as dispatcher:
        await until(lambda: not house.queue.left("settle"))
        await until(lambda: len(house.clock.sleeping) == SLEEPERS)
        house.clock.move(LEASE * 2)  # its lease lapses, and the picture that lies there is adopted
        await reached(house, Status.DONE)
        await house.submit(make_draft(2))
        dispatcher.wake()
        house.clock.move(seconds(10))
        await reached(house, Status.DONE, "job2")


async def test_a_bug_with_one_lost_job_stops_the_recovery_of_no_other(house: House) -> None:
    await house.sent_by_another(1)
    await house.submit(make_draft(2))
    house.queue.fails("settle", error=Bug())
    async with at_work(house) as dispatcher:
        await until(lambda: len(house.clock.sleeping) == SLEEPERS)
        house.clock.move(LEASE * 2)
        await reached(house, Status.FAILED)
        dispatcher.wake()
        house.clock.move(seconds(10))
        await reached(house, Status.DONE, "job2")


async def test_a_refusal_that_meets_a_locked_ledger_is_still_known(house: House) -> None:
    house.painter.script = [make_failed(Cause.REJECTED, Reach.REJECTED)]
    house.queue.fails("strikes", 2)
    await house.submit()
    async with at_work(house):
        for left in (1, 0):
            await idle(house, seconds(1))
            assert house.queue.left("strikes") == left
            house.clock.move(seconds(1))
        job = await reached(house, Status.FAILED)
    assert job.cause is Cause.REJECTED
