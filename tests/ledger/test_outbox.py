"""Results on their way to people: due, told once, tried again later, or kept."""

import asyncio
from dataclasses import replace

import pytest

from bot.core.errors import Unavailable
from bot.core.jobs import JobKey, MessageId, Status
from bot.core.outbox import Delivery, Posted
from bot.ledger.outbox import SqlOutbox
from bot.ledger.tables import job, outbox
from tests.factories import (
    ANA,
    BO,
    CHANNEL,
    GUILD,
    OTHER_GUILD,
    START_AT,
    make_draft,
    make_request,
    seconds,
)
from tests.ledger.office import Office

POSTED = Posted(channel_id=CHANNEL, message_id=MessageId(77))


async def finish(office: Office, number: int = 1) -> Delivery:
    """A job that is over, as it is due."""
    await office.submit(number)
    await office.succeed(await office.send())
    due = await office.outbox.due(10)
    return next(delivery for delivery in due if delivery.job.key == f"job{number}")


async def state(office: Office) -> str:
    """What the only row says."""
    [row] = await office.rows(outbox)
    return row["state"]


async def test_nothing_is_due_before_a_job_is_over(office: Office) -> None:
    await office.submit()
    await office.send()
    assert await office.outbox.due(10) == []


async def test_a_delivery_has_all_that_reaches_the_card(office: Office) -> None:
    delivery = await finish(office)
    origin = make_draft().origin
    assert delivery == Delivery(
        job=await office.job(),
        application_id=origin.application_id,
        token=origin.token,
        token_ends_at=origin.token_ends_at,
        card_id=None,
    )
    assert delivery.job.status is Status.DONE
    assert origin.token not in repr(delivery)


async def test_a_card_has_an_address_before_and_after_the_end(office: Office) -> None:
    await office.submit()
    await office.outbox.address(JobKey("job1"), MessageId(55))
    card = await office.outbox.card(JobKey("job1"))
    assert card
    assert (card.card_id, card.job.status) == (55, Status.QUEUED)
    await office.succeed(await office.send())
    [delivery] = await office.outbox.due(10)
    assert delivery.card_id == 55
    assert await office.outbox.card(JobKey("job9")) is None


async def test_a_begun_delivery_may_have_been_posted(office: Office) -> None:
    delivery = await finish(office)
    office.clock.move(seconds(3))
    await office.outbox.begin(delivery)
    [again] = await office.outbox.due(10)
    assert again == replace(delivery, began_at=START_AT + seconds(3))


async def test_told_is_told_and_the_secret_is_erased(office: Office) -> None:
    delivery = await finish(office)
    await office.outbox.begin(delivery)
    await office.outbox.done(delivery, POSTED)
    [row] = await office.rows(outbox)
    assert (row["state"], row["channel_id"], row["message_id"]) == ("told", CHANNEL, 77)
    assert row["told_at"] is not None
    assert [row["interaction_token"] for row in await office.rows(job)] == [None]
    assert await office.outbox.due(10) == []
    card = await office.outbox.card(JobKey("job1"))
    assert card
    assert card.token is None
    assert await office.broken() == []


async def test_not_told_is_tried_again_after_a_while(office: Office) -> None:
    delivery = await finish(office)
    await office.outbox.retry(delivery, seconds(30))
    office.clock.move(seconds(29))
    assert await office.outbox.due(10) == []
    office.clock.move(seconds(1))
    [again] = await office.outbox.due(10)
    assert again.tries == 1
    await office.outbox.retry(again, seconds(0))
    assert [found.tries for found in await office.outbox.due(10)] == [2]


async def test_the_oldest_are_told_first(office: Office) -> None:
    for number in (1, 2, 3):
        await finish(office, number)
        office.clock.move(seconds(1))
    assert [found.job.key for found in await office.outbox.due(2)] == ["job1", "job2"]


async def test_a_cancelled_job_is_told_as_well(office: Office) -> None:
    made = await office.submit()
    await office.queue.cancel(made.id)
    [delivery] = await office.outbox.due(10)
    assert delivery.job.status is Status.CANCELLED


async def keep(office: Office) -> None:
    """A private result that found no way."""
    draft = make_draft(request=make_request(private=True))
    await office.queue.submit(draft)
    await office.succeed(await office.send())
    [delivery] = await office.outbox.due(10)
    await office.outbox.done(delivery, None)


async def test_kept_is_no_longer_due_and_its_secret_is_erased(office: Office) -> None:
    await keep(office)
    assert await state(office) == "kept"
    assert await office.outbox.due(10) == []
    assert [row["interaction_token"] for row in await office.rows(job)] == [None]


async def test_kept_is_told_once_to_its_person_in_its_server(office: Office) -> None:
    await keep(office)
    assert await office.outbox.kept(BO, GUILD) == []
    assert await office.outbox.kept(ANA, OTHER_GUILD) == []
    [found] = await office.outbox.kept(ANA, GUILD)
    assert found.request.private
    assert await office.outbox.kept(ANA, GUILD) == []
    assert await state(office) == "told"


async def test_kept_is_told_once_when_two_commands_ask_at_the_same_time(office: Office) -> None:
    await asyncio.gather(*(office.outbox.kept(ANA, GUILD) for _ in range(4)))  # open connections
    await keep(office)
    found = await asyncio.gather(*(office.outbox.kept(ANA, GUILD) for _ in range(4)))
    assert sorted(len(jobs) for jobs in found) == [0, 0, 0, 1]


async def test_kept_outlives_the_process(office: Office) -> None:
    await keep(office)
    another = SqlOutbox(office.database, office.desk)
    assert len(await another.kept(ANA, GUILD)) == 1


async def test_kept_is_told_later_when_the_ledger_fails(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_step: object) -> None:
        raise Unavailable(what="ledger", reason="for a test")

    await keep(office)
    with monkeypatch.context() as broken:
        broken.setattr(office.database, "write", fail)
        with pytest.raises(Unavailable):
            await office.outbox.kept(ANA, GUILD)
    assert len(await office.outbox.kept(ANA, GUILD)) == 1
