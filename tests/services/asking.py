"""People who ask for pictures."""

from bot.core.access import Actor, Role, RoleId
from bot.core.jobs import Job, JobKey
from bot.core.outcomes import SUCCESS
from bot.core.queue import Claimed
from bot.core.records import Attempt
from bot.services.generation import Generation
from tests.factories import (
    BO,
    CY,
    FREE_COST,
    OTHER_GUILD,
    make_actor,
    make_origin,
    make_result,
    make_wish,
)
from tests.services.conftest import House

CREW = RoleId(7)
JOB1 = JobKey("job1")
AN_ADMIN = make_actor(CY, manages_server=True)
STRANGER = make_actor(BO, OTHER_GUILD)


async def ask(generation: Generation, number: int = 1, *, private: bool = False) -> Job:
    wish = make_wish(private=private)
    return (await generation.submit(wish, make_origin(number), make_actor())).job


async def finish(house: House) -> None:
    claimed = await house.queue.claim("us")
    assert isinstance(claimed, Claimed)
    await house.queue.mark_sent(claimed.lease)
    attempt = Attempt(seconds=7.2, cost=FREE_COST, result=make_result())
    await house.queue.settle(claimed.lease, SUCCESS, attempt)
    house.media.files |= {"job1.1": b"picture bytes", "job1.1.json": b"note"}


async def operator(house: House) -> Actor:
    await house.permissions.grant(AN_ADMIN, CREW, Role.OPERATOR)
    return make_actor(BO, role_ids=frozenset({CREW}))
