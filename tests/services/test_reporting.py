"""Reports: one for each person and picture, told where an admin said, closed once by an admin."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.access import Actor, ChannelId, GuildId
from bot.core.errors import (
    AlreadyReported,
    Blocked,
    NotAllowed,
    NothingToReport,
    UnknownJob,
    UnknownReport,
)
from bot.core.jobs import JobKey, MessageId
from bot.core.outbox import Posted
from bot.core.records import entry_of
from bot.core.reports import REASON_MAX, Closing, Report, ReportId, Verdict
from bot.core.servers import Block
from bot.services.generation import Generation
from bot.services.presence import Presence
from bot.services.reporting import Reporting
from tests.factories import ANA, BO, CY, GUILD, OTHER_GUILD, START_AT, make_actor
from tests.services.asking import AN_ADMIN, JOB1, STRANGER, ask, finish
from tests.services.conftest import House

ALERTS, ELSEWHERE = ChannelId(31), ChannelId(32)
POSTED = Posted(channel_id=ChannelId(20), message_id=MessageId(21))
ADMIN_NEXT_DOOR = make_actor(CY, OTHER_GUILD, manages_server=True)
BY_BO = make_actor(BO)


@pytest.fixture
def reporting(house: House, generation: Generation) -> Reporting:
    named = Presence(named=frozenset({GUILD, OTHER_GUILD}), owner_ids=frozenset())
    named.joined(frozenset({GUILD, OTHER_GUILD}))
    return Reporting(
        house.reports, generation, house.permissions, house.clock, named.served, house.changes.note
    )


async def pictured(house: House, generation: Generation, *, private: bool = False) -> None:
    await ask(generation, private=private)
    await finish(house)
    house.changes.take()


async def set_channel(house: House, channel_id: ChannelId, guild_id: GuildId = GUILD) -> None:
    entry = entry_of(AN_ADMIN, house.clock.now(), "alerts", ("", ""))
    await house.servers.change(
        guild_id, lambda rules: (replace(rules, alerts_channel_id=channel_id), entry)
    )


async def reported(reporting: Reporting, actor: Actor = BY_BO) -> Report:
    await reporting.file(JOB1, actor, "it is rude", POSTED)
    return (await reporting.due([], 10))[-1][0]


async def test_a_report_is_due_where_an_admin_said_until_it_was_told(
    house: House, generation: Generation, reporting: Reporting
) -> None:
    await pictured(house, generation)
    await set_channel(house, ELSEWHERE, OTHER_GUILD)
    assert (await reporting.look(JOB1, BY_BO)).key == JOB1
    assert not await reporting.file(JOB1, BY_BO, f"  it is rude {'x' * 600}", POSTED)
    assert house.changes.take() == {JOB1}
    assert list(await reporting.due([], 10)) == []
    await set_channel(house, ALERTS)
    assert await reporting.file(JOB1, make_actor(ANA), "", None)
    (first, there), (second, _) = await reporting.due([], 10)
    assert there == ALERTS
    assert (first.reporter_id, first.at, first.posted) == (BO, START_AT, POSTED)
    assert first.reason.startswith("it is rude x")
    assert len(first.reason) == REASON_MAX
    assert (first.job.key, first.job.user_id) == (JOB1, ANA)
    assert (second.reporter_id, second.reason, second.posted) == (ANA, "", None)
    assert list(await reporting.due([ALERTS], 10)) == []
    assert len(await reporting.due([ELSEWHERE], 1)) == 1
    await reporting.told(first)
    assert [report.id for report, _ in await reporting.due([], 10)] == [second.id]


async def test_servers_that_are_not_served_are_told_nothing(
    house: House, generation: Generation
) -> None:
    presence = Presence(named=frozenset({OTHER_GUILD}), owner_ids=frozenset())
    presence.joined(frozenset({GUILD}))
    reporting = Reporting(
        house.reports,
        generation,
        house.permissions,
        house.clock,
        presence.served,
        house.changes.note,
    )
    await pictured(house, generation)
    await set_channel(house, ALERTS)
    assert await reporting.file(JOB1, BY_BO, "", POSTED)
    assert list(await reporting.due([], 10)) == []


async def test_a_second_report_says_when_the_first_was(
    house: House, generation: Generation, reporting: Reporting
) -> None:
    await pictured(house, generation)
    await reporting.file(JOB1, BY_BO, "", POSTED)
    house.clock.move(timedelta(hours=1))
    with pytest.raises(AlreadyReported) as looked:
        await reporting.look(JOB1, BY_BO)
    with pytest.raises(AlreadyReported) as filed:
        await reporting.file(JOB1, BY_BO, "again", POSTED)
    assert looked.value.at == filed.value.at == START_AT


async def test_of_two_reports_at_once_one_is_kept(
    house: House, generation: Generation, reporting: Reporting
) -> None:
    await pictured(house, generation)
    await set_channel(house, ALERTS)
    both = [reporting.file(JOB1, BY_BO, reason, POSTED) for reason in ("one", "two")]
    ended = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(outcome) for outcome in ended if outcome is not True) == [AlreadyReported]
    assert len(await reporting.due([], 10)) == 1


async def test_only_a_picture_that_one_may_see_is_reported(
    house: House, generation: Generation, reporting: Reporting
) -> None:
    await ask(generation, private=True)
    with pytest.raises(NothingToReport):
        await reporting.file(JOB1, make_actor(), "", None)
    await finish(house)
    for actor in (BY_BO, STRANGER):
        with pytest.raises(UnknownJob):
            await reporting.file(JOB1, actor, "", POSTED)
    with pytest.raises(UnknownJob):
        await reporting.look(JobKey("nothing"), BY_BO)
    await reporting.file(JOB1, make_actor(), "my own", None)
    await generation.delete(JOB1, make_actor())
    with pytest.raises(NothingToReport):
        await reporting.look(JOB1, make_actor())


async def test_the_blocked_report_nothing(
    house: House, generation: Generation, reporting: Reporting
) -> None:
    await pictured(house, generation)
    block = Block(user_id=BO, by=CY, at=START_AT, until_at=None)
    entry = entry_of(AN_ADMIN, START_AT, "block", ("", ""))
    await house.servers.block(GUILD, block, entry)
    with pytest.raises(Blocked):
        await reporting.file(JOB1, BY_BO, "", POSTED)


@pytest.mark.parametrize("verdict", Verdict)
async def test_an_admin_closes_it_once(
    house: House, generation: Generation, reporting: Reporting, verdict: Verdict
) -> None:
    await pictured(house, generation)
    await set_channel(house, ALERTS)
    report = await reported(reporting)
    house.clock.move(timedelta(minutes=5))
    closed, now = await reporting.close(report.id, AN_ADMIN, verdict)
    closing = Closing(by=CY, at=START_AT + timedelta(minutes=5), verdict=verdict)
    assert (closed.closing, now) == (closing, True)
    gone = verdict is Verdict.DELETED
    assert (house.media.files == {}) is gone
    entry = (await house.grants.audit(GUILD, 10))[0]
    assert (entry.action, entry.before, entry.after) == ("report", "job job1", verdict.value)
    assert (entry.actor_id, entry.reason) == (CY, "it is rude")
    house.clock.move(timedelta(minutes=5))
    for again in Verdict:
        late, now = await reporting.close(report.id, AN_ADMIN, again)
        assert (late.closing, now) == (closing, False)
    assert (house.media.files == {}) is gone
    assert len([e for e in await house.grants.audit(GUILD, 10) if e.action == "report"]) == 1
    assert list(await reporting.due([], 10)) == [], "whoever closed it was told"


async def test_of_two_admins_at_once_one_decides(
    house: House, generation: Generation, reporting: Reporting
) -> None:
    await pictured(house, generation)
    await set_channel(house, ALERTS)
    report = await reported(reporting)
    other = make_actor(ANA, manages_server=True)
    first, second = await asyncio.gather(
        reporting.close(report.id, AN_ADMIN, Verdict.DISMISSED),
        reporting.close(report.id, other, Verdict.DELETED),
    )
    assert (first[1], second[1]) == (True, False)
    assert first[0].closing == second[0].closing
    assert house.media.files, "it was dismissed first, so the picture stays"


async def test_nobody_else_closes_it(
    house: House, generation: Generation, reporting: Reporting
) -> None:
    await pictured(house, generation)
    await set_channel(house, ALERTS)
    report = await reported(reporting)
    for verdict in Verdict:
        with pytest.raises(NotAllowed):
            await reporting.close(report.id, make_actor(BO, manages_messages=True), verdict)
        with pytest.raises(UnknownReport):
            await reporting.close(report.id, ADMIN_NEXT_DOOR, verdict)
        with pytest.raises(UnknownReport):
            await reporting.close(ReportId(99), AN_ADMIN, verdict)
    assert house.media.files
    assert (await reporting.due([], 10))[0][0].closing is None


async def test_a_picture_that_is_gone_already_does_not_keep_a_report_open(
    house: House, generation: Generation, reporting: Reporting
) -> None:
    await pictured(house, generation)
    await set_channel(house, ALERTS)
    report = await reported(reporting)
    await generation.delete(JOB1, make_actor())
    _, now = await reporting.close(report.id, AN_ADMIN, Verdict.DELETED)
    assert now
