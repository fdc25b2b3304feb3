"""The windows of the token, shown and moved by command."""

import pytest
import pytest_asyncio

from bot.core.errors import BadValue, NotAllowed, ServerNotServed
from bot.core.windows import PRESETS, Limit, with_limit
from bot.services.tuning import Tuning, in_short
from tests.factories import ANA, BO, GUILD, OTHER_GUILD, make_actor, seconds
from tests.services.conftest import House

ADMIN = make_actor(ANA, manages_server=True)
FREE = "spacing 1/2 s, unsettled 9/300 s, hour 30/3600 s, day 1000/86400 s, money $0.10"
REST = "in flight 1, waiting 3, reserve 0"


@pytest_asyncio.fixture
async def tuning(house: House, bells: list[str]) -> Tuning:
    return Tuning(
        house.lane, house.queue, house.permissions, house.clock, lambda: bells.append("changed")
    )


async def test_admins_see_the_lane(tuning: Tuning) -> None:
    snapshot = await tuning.show(ADMIN)
    assert {w.limit: w.cap for w in snapshot.limits.windows} == {
        Limit.SPACING: 1,
        Limit.HOUR: 30,
        Limit.DAY: 1000,
        Limit.UNSETTLED: 9,
    }


async def test_members_see_and_move_nothing(tuning: Tuning, house: House) -> None:
    for step in (
        tuning.show(make_actor(BO)),
        tuning.set(make_actor(BO), Limit.HOUR, 5, None),
        tuning.preset(make_actor(BO), "pro"),
    ):
        with pytest.raises(NotAllowed):
            await step
    assert in_short(await house.lane.limits()) == f"{FREE}, {REST}"


async def test_a_limit_is_moved_and_the_dispatcher_woken(tuning: Tuning, bells: list[str]) -> None:
    snapshot = await tuning.set(ADMIN, Limit.HOUR, 5, 60)
    hour = snapshot.limits.window(Limit.HOUR)
    assert hour
    assert (hour.cap, hour.in_force, hour.period) == (5, 5, seconds(60))
    assert bells == ["changed"]


async def test_a_move_leaves_a_line_with_before_and_after(tuning: Tuning, house: House) -> None:
    await tuning.set(ADMIN, Limit.RESERVE, 3, None)
    (entry,) = await house.permissions.audit(ADMIN, 9)
    assert (entry.action, entry.actor_id) == ("limits set", ANA)
    assert entry.before == f"{FREE}, {REST}"
    assert entry.after == f"{FREE}, in flight 1, waiting 3, reserve 3"


async def test_a_plan_replaces_every_limit(tuning: Tuning, house: House) -> None:
    await tuning.preset(ADMIN, "unlimited")
    assert await house.lane.limits() == PRESETS["unlimited"]
    (entry,) = await house.permissions.audit(ADMIN, 9)
    assert entry.action == "limits preset unlimited"
    assert entry.after == "money none, in flight 4, waiting 3, reserve 0"


async def test_an_unknown_plan_is_refused_with_those_there_are(tuning: Tuning) -> None:
    with pytest.raises(BadValue) as refused:
        await tuning.preset(ADMIN, "gold")
    assert (refused.value.option, refused.value.given) == ("plan", "gold")
    assert refused.value.allowed == "free, pro, unlimited"


async def test_a_shared_token_is_not_for_the_admin_of_one_server(
    tuning: Tuning, house: House
) -> None:
    house.presence.joined(frozenset({GUILD, OTHER_GUILD}))
    with pytest.raises(ServerNotServed):
        await tuning.set(ADMIN, Limit.HOUR, 5, None)


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        (Limit.SPACING, 0),
        (Limit.SPACING, 3600),
        (Limit.HOUR, -1),
        (Limit.HOUR, 1),
        (Limit.HOUR, 100_000),
        (Limit.MONEY, -1),
        (Limit.MONEY, 1),
        (Limit.WAITING, 1),
        (Limit.RESERVE, 0),
        (Limit.IN_FLIGHT, 32),
    ],
)
async def test_a_value_in_range_is_taken(tuning: Tuning, limit: Limit, value: int) -> None:
    snapshot = await tuning.set(ADMIN, limit, value, None)
    expected = with_limit(PRESETS["free"], limit, value, None)
    assert in_short(snapshot.limits) == in_short(expected)


@pytest.mark.parametrize(
    ("limit", "value", "allowed"),
    [
        (Limit.SPACING, -1, "0-3600 for spacing"),
        (Limit.SPACING, 3601, "0-3600 for spacing"),
        (Limit.HOUR, 0, "-1 (no limit) or 1-100000 for hour"),
        (Limit.HOUR, -2, "-1 (no limit) or 1-100000 for hour"),
        (Limit.DAY, 1_000_001, "-1 (no limit) or 1-1000000 for day"),
        (Limit.UNSETTLED, 10_001, "-1 (no limit) or 1-10000 for unsettled"),
        (Limit.MONEY, 0, "-1 (no limit) or 1-100000000 for money"),
        (Limit.WAITING, 0, "1-100 for waiting"),
        (Limit.RESERVE, -1, "0-1000 for reserve"),
        (Limit.IN_FLIGHT, 33, "1-32 for in_flight"),
    ],
)
async def test_a_value_out_of_range_is_refused_with_the_range(
    tuning: Tuning, limit: Limit, value: int, allowed: str
) -> None:
    with pytest.raises(BadValue) as refused:
        await tuning.set(ADMIN, limit, value, None)
    said = (refused.value.option, refused.value.given, refused.value.allowed)
    assert said == ("value", str(value), allowed)


@pytest.mark.parametrize("length", [0, -1, 2_678_401])
async def test_a_length_out_of_range_is_refused_with_the_range(tuning: Tuning, length: int) -> None:
    with pytest.raises(BadValue) as refused:
        await tuning.set(ADMIN, Limit.HOUR, 5, length)
    said = (refused.value.option, refused.value.given, refused.value.allowed)
    assert said == ("seconds", str(length), "1-2678400")
