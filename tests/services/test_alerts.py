"""Where alerts go, and that each is told once a day in each server."""

from datetime import timedelta

import pytest

from bot.core.access import ChannelId, GuildId
from bot.core.errors import BadValue, Cause, NotAllowed
from bot.services.alerts import NEEDS_ADMIN, Alerts
from bot.services.presence import Presence
from tests.factories import BO, CY, GUILD, OTHER_GUILD, make_actor
from tests.services.asking import AN_ADMIN
from tests.services.conftest import House

HERE, THERE = ChannelId(31), ChannelId(32)
THIRD = GuildId(300)


async def proven() -> None:
    return None


async def not_proven() -> None:
    raise BadValue(option="channel", given="#rules", allowed="another")


@pytest.fixture
def alerts(house: House) -> Alerts:
    return make_alerts(house)


def make_alerts(house: House) -> Alerts:
    named = Presence(named=frozenset({GUILD, OTHER_GUILD}), owner_ids=frozenset())
    named.joined(frozenset({GUILD, OTHER_GUILD, THIRD}))
    return Alerts(house.servers, house.notes, house.permissions, house.clock, named.served)


async def test_a_channel_is_kept_only_when_it_was_proven(house: House, alerts: Alerts) -> None:
    assert await alerts.channel_id(GUILD) is None
    with pytest.raises(BadValue):
        await alerts.set_channel(AN_ADMIN, HERE, not_proven)
    assert await alerts.channel_id(GUILD) is None
    await alerts.set_channel(AN_ADMIN, HERE, proven)
    assert await alerts.channel_id(GUILD) == HERE
    assert await alerts.channel_id(OTHER_GUILD) is None
    (entry,) = await house.grants.audit(GUILD, 10)
    assert (entry.action, entry.before, entry.after) == ("alerts", "nowhere", "<#31>")


async def test_nothing_is_posted_for_who_may_not(alerts: Alerts) -> None:
    async def posts() -> None:
        raise AssertionError

    with pytest.raises(NotAllowed):
        await alerts.set_channel(make_actor(BO), HERE, posts)


async def test_each_failure_is_due_once_a_day_in_each_served_server(
    house: House, alerts: Alerts
) -> None:
    assert await alerts.due(Cause.TOKEN_INVALID) == []
    await alerts.set_channel(AN_ADMIN, HERE, proven)
    for guild_id in (OTHER_GUILD, THIRD):
        boss = make_actor(CY, guild_id, manages_server=True)
        await alerts.set_channel(boss, THERE, proven)
    assert await alerts.due(Cause.TOKEN_INVALID) == [(GUILD, HERE), (OTHER_GUILD, THERE)]
    await alerts.told(GUILD, Cause.TOKEN_INVALID)
    restarted = make_alerts(house)
    assert await restarted.due(Cause.TOKEN_INVALID) == [(OTHER_GUILD, THERE)]
    assert len(await restarted.due(Cause.CREDIT_SPENT)) == 2
    house.clock.move(timedelta(days=1))
    assert len(await restarted.due(Cause.TOKEN_INVALID)) == 2


async def test_what_needs_no_admin_is_due_nowhere(alerts: Alerts) -> None:
    await alerts.set_channel(AN_ADMIN, HERE, proven)
    due = [cause for cause in Cause if await alerts.due(cause)]
    assert set(due) == NEEDS_ADMIN
