"""Thinking again: jobs shown, withdrawn and deleted, and who may do it."""

from dataclasses import replace

import pytest

from bot.core.access import ChannelId, Role
from bot.core.errors import (
    NotAllowed,
    TooLate,
    UnknownJob,
)
from bot.core.jobs import JobKey, Status
from bot.core.queue import Claimed, Place
from bot.services.generation import Generation
from tests.factories import (
    ANA,
    BO,
    CY,
    FREE_COST,
    OTHER_GUILD,
    START_AT,
    make_actor,
    make_draft,
    make_origin,
    make_result,
    make_wish,
)
from tests.services.asking import AN_ADMIN, JOB1, STRANGER, ask, finish, operator
from tests.services.conftest import House


@pytest.mark.parametrize("key", ["job1", "nothing"])
async def test_a_job_of_another_server_does_not_exist_here(
    generation: Generation, key: str
) -> None:
    await ask(generation)
    for step in (
        generation.show(JobKey(key), STRANGER),
        generation.cancel(JobKey(key), STRANGER),
        generation.delete(JobKey(key), STRANGER),
        generation.look(JobKey(key), STRANGER),
        generation.edit(
            JobKey(key), make_wish(), make_origin(9, BO, OTHER_GUILD), STRANGER, private=None
        ),
        generation.retry(JobKey(key), make_origin(9, BO, OTHER_GUILD), STRANGER),
        generation.reroll(JobKey(key), make_origin(9, BO, OTHER_GUILD), STRANGER),
    ):
        with pytest.raises(UnknownJob) as refused:
            await step
        assert refused.value.key == key


async def test_a_private_job_exists_for_its_person_and_for_admins(generation: Generation) -> None:
    await ask(generation, private=True)
    for actor in (make_actor(), AN_ADMIN):
        assert (await generation.show(JOB1, actor)).ticket.job.key == "job1"
    with pytest.raises(UnknownJob):
        await generation.show(JOB1, make_actor(BO))
    with pytest.raises(UnknownJob):
        await generation.reroll(JOB1, make_origin(2, CY), AN_ADMIN)


async def test_a_key_typed_by_hand_opens_no_channel_that_one_cannot_see(
    generation: Generation,
) -> None:
    await ask(generation)
    for actor in (make_actor(), AN_ADMIN):
        shown = await generation.show(JOB1, actor, lambda _channel: False)
        assert shown.ticket.job.key == "job1"
    assert (await generation.show(JOB1, make_actor(BO), lambda _channel: True)).attempts == []
    with pytest.raises(UnknownJob):
        await generation.show(JOB1, make_actor(BO), lambda _channel: False)


async def test_one_withdraws_ones_own_job(
    house: House, generation: Generation, bells: list[str]
) -> None:
    await ask(generation)
    house.changes.take()
    assert (await generation.cancel(JOB1, make_actor())).status is Status.CANCELLED
    assert house.changes.take() == {"job1"}
    assert bells == ["wake", "wake"]


async def test_a_member_cannot_withdraw_the_job_of_another(generation: Generation) -> None:
    await ask(generation)
    with pytest.raises(NotAllowed) as refused:
        await generation.cancel(JOB1, make_actor(BO))
    assert (refused.value.action, refused.value.needs) == ("Cancel", Role.OPERATOR)


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
async def test_an_operator_withdraws_any_job(
    house: House, generation: Generation, private: bool
) -> None:
    await ask(generation, private=private)
    cancelled = await generation.cancel(JOB1, await operator(house))
    assert cancelled.status is Status.CANCELLED


async def test_what_was_sent_cannot_be_withdrawn(house: House, generation: Generation) -> None:
    await ask(generation)
    claimed = await house.queue.claim("us")
    assert isinstance(claimed, Claimed)
    await house.queue.mark_sent(claimed.lease)
    with pytest.raises(TooLate) as refused:
        await generation.cancel(JOB1, make_actor())
    assert (refused.value.key, refused.value.state) == ("job1", "sent")


async def test_all_of_ones_own_jobs_here_are_withdrawn_at_once(
    house: House, generation: Generation
) -> None:
    await ask(generation)
    await ask(generation, 2)
    await house.submit(replace(make_draft(8), origin=make_origin(8, ANA, OTHER_GUILD)))
    await house.submit(make_draft(9, BO))
    cancelled = await generation.cancel_mine(make_actor())
    assert [job.key for job in cancelled] == ["job1", "job2"]
    assert [job.key for job in await house.queue.open_jobs()] == ["job8", "job9"]


async def test_what_was_sent_meanwhile_stays_when_all_is_withdrawn(
    house: House, generation: Generation
) -> None:
    await ask(generation)
    await ask(generation, 2)
    house.queue.fails("cancel", error=TooLate(key="job1", state="sent"))
    assert [job.key for job in await generation.cancel_mine(make_actor())] == ["job2"]


async def test_deleting_forgets_the_picture_and_its_note(
    house: House, generation: Generation
) -> None:
    await ask(generation)
    await finish(house)
    assert await generation.picture(await house.job()) == b"picture bytes"
    await generation.delete(JOB1, make_actor())
    assert house.media.files == {}
    assert (await house.job()).result == make_result(media=None)
    assert await generation.picture(await house.job()) is None


async def test_deleting_twice_does_no_harm(house: House, generation: Generation) -> None:
    await ask(generation)
    await finish(house)
    await generation.delete(JOB1, make_actor())
    assert (await generation.delete(JOB1, make_actor())).result == make_result(media=None)


async def test_a_job_without_a_picture_has_nothing_to_delete(generation: Generation) -> None:
    job = await ask(generation)
    assert (await generation.delete(JOB1, make_actor())).result is None
    assert await generation.picture(job) is None


async def test_whoever_manages_messages_may_delete(house: House, generation: Generation) -> None:
    await ask(generation)
    await finish(house)
    elsewhere = make_actor(BO, manages_messages=True, channel_id=ChannelId(999))
    with pytest.raises(NotAllowed):
        await generation.delete(JOB1, elsewhere)
    job = await house.job()
    assert not await generation.is_deleted(job)
    await generation.delete(JOB1, make_actor(BO, manages_messages=True))
    assert house.media.files == {}
    assert await generation.is_deleted(job)


async def test_an_admin_may_delete(house: House, generation: Generation) -> None:
    await ask(generation)
    await finish(house)
    await generation.delete(JOB1, AN_ADMIN)
    assert house.media.files == {}


async def test_nobody_else_may_delete(house: House, generation: Generation) -> None:
    await ask(generation)
    await finish(house)
    with pytest.raises(NotAllowed):
        await generation.delete(JOB1, make_actor(BO))
    assert sorted(house.media.files) == ["job1.1", "job1.1.json"]


async def test_a_waiting_job_is_shown_with_its_place(generation: Generation) -> None:
    await ask(generation)
    dossier = await generation.show(JOB1, make_actor(BO))
    assert dossier.ticket.place == Place(position=1, of=1, starts_at=START_AT, held_by=None)
    assert list(dossier.attempts) == []


async def test_a_finished_job_is_shown_with_its_attempts(
    house: House, generation: Generation
) -> None:
    await ask(generation)
    await finish(house)
    dossier = await generation.show(JOB1, make_actor())
    assert dossier.ticket.place is None
    assert [use.cost for use in dossier.attempts] == [FREE_COST]


async def test_only_ones_own_is_retried_by_key(generation: Generation) -> None:
    await ask(generation)
    with pytest.raises(UnknownJob):
        await generation.retry(JOB1, make_origin(2, BO), make_actor(BO), own=True)
    ticket = await generation.retry(JOB1, make_origin(3), make_actor(), own=True)
    assert ticket.job.parent_key == JOB1
