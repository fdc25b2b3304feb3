"""Pausing, draining and clearing by command: who may, what it does, what is written down."""

from collections.abc import Sequence

import pytest

from bot.core.access import Actor
from bot.core.errors import Cause, NotAllowed, Unconfirmed
from bot.core.jobs import Status
from bot.core.queue import Claimed
from bot.core.records import AuditEntry
from bot.core.servers import QueueState
from bot.services.confirmations import Confirmations
from bot.services.queue_control import QueueControl
from tests.factories import ANA, BO, CY, GUILD, OTHER_GUILD, make_actor, make_draft, seconds
from tests.services.asking import AN_ADMIN
from tests.services.conftest import House

ELSEWHERE = make_actor(CY, OTHER_GUILD, manages_server=True)


@pytest.fixture
def control(house: House, bells: list[str]) -> QueueControl:
    keys = iter(["key1", "key2", "key3"])
    return QueueControl(
        house.servers,
        house.queue,
        house.permissions,
        house.clock,
        Confirmations[str](house.clock, lambda: next(keys)),
        lambda: bells.append("stir"),
    )


async def trail(house: House) -> Sequence[AuditEntry]:
    return await house.grants.audit(GUILD, 10)


async def test_a_pause_and_its_end_are_written_down_and_wake_everybody(
    house: House, control: QueueControl, bells: list[str]
) -> None:
    await house.submit()
    assert await control.pause(AN_ADMIN, "the bill") == 1
    held = (await house.permissions.rules(GUILD)).queue
    assert (held.state, held.reason, held.by) == (QueueState.PAUSED, "the bill", CY)
    assert not isinstance(await house.queue.claim("us"), Claimed)
    assert await control.drain(AN_ADMIN, "") == 1
    assert isinstance(await house.queue.claim("us"), Claimed)
    assert await control.resume(AN_ADMIN, "paid") == 0
    assert bells == ["stir"] * 3
    assert [(e.action, e.before, e.after, e.reason) for e in await trail(house)] == [
        ("queue resume", "draining", "open", "paid"),
        ("queue drain", "paused", "draining", ""),
        ("queue pause", "open", "paused", "the bill"),
    ]
    assert (await house.permissions.rules(OTHER_GUILD)).queue.state is QueueState.OPEN


async def test_clearing_asks_first_and_withdraws_what_waits_here(
    house: House, control: QueueControl, bells: list[str]
) -> None:
    await house.submit(make_draft(1))
    await house.submit(make_draft(2, BO))
    question = await control.ask_to_clear(AN_ADMIN, "afresh")
    assert (question.key, question.waiting) == ("key1", 2)
    assert question.ends_at == house.clock.now() + seconds(60)
    assert len(await house.queue.open_jobs()) == 2
    assert await control.clear(AN_ADMIN, "key1") == 2
    job = await house.job()
    assert (job.status, job.cause, job.detail) == (Status.CANCELLED, Cause.CLEARED, "afresh")
    (entry,) = await trail(house)
    assert (entry.action, entry.before, entry.after) == ("queue clear", "2 waiting", "0 waiting")
    assert (entry.reason, bells) == ("afresh", ["stir"])


async def test_a_confirmation_is_bound_to_person_server_and_minute(
    house: House, control: QueueControl
) -> None:
    await house.submit()
    key = (await control.ask_to_clear(AN_ADMIN, "")).key
    for stranger in (ELSEWHERE, make_actor(BO, manages_server=True)):
        with pytest.raises(Unconfirmed):
            await control.clear(stranger, key)
    assert await control.clear(AN_ADMIN, key) == 1
    late = (await control.ask_to_clear(AN_ADMIN, "")).key
    house.clock.move(seconds(60))
    for void in (key, late, "nothing"):
        with pytest.raises(Unconfirmed):
            await control.clear(AN_ADMIN, void)
    await control.ask_to_clear(AN_ADMIN, "")
    assert len(await trail(house)) == 1


@pytest.mark.parametrize("person", [make_actor(ANA), make_actor(BO)])
async def test_only_admins_may(house: House, control: QueueControl, person: Actor) -> None:
    refused: list[str] = []
    steps = (
        control.pause(person, ""),
        control.drain(person, ""),
        control.resume(person, ""),
        control.ask_to_clear(person, ""),
        control.clear(person, "key1"),
    )
    for step in steps:
        with pytest.raises(NotAllowed) as error:
            await step
        refused.append(error.value.action)
    said = ["pause", "drain", "resume", "clear", "clear"]
    assert refused == [f"/admin queue {word}" for word in said]
    assert await trail(house) == []
