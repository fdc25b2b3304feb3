"""The rules of a server: changed by admins, heeded on every way to a picture."""

from dataclasses import replace

import pytest

from bot.core.errors import BadValue, BannedWord, NotAllowed
from bot.core.jobs import Size
from bot.core.rulebook import Rule
from bot.core.servers import ServerRules, Showing
from bot.services.generation import Generation
from bot.services.rules import Rules
from bot.services.usage import Usage
from tests.factories import (
    BO,
    GUILD,
    OTHER_GUILD,
    make_actor,
    make_job,
    make_origin,
    make_wish,
)
from tests.services.asking import AN_ADMIN, JOB1, ask
from tests.services.conftest import MODEL, House


@pytest.fixture
def rules(house: House) -> Rules:
    return Rules(house.servers, house.permissions, house.clock)


async def test_a_change_is_kept_here_and_written_down(house: House, rules: Rules) -> None:
    after = await rules.set(AN_ADMIN, Rule.STEPS, "12")
    assert after == ServerRules(most_steps=12)
    assert await rules.show(AN_ADMIN) == after
    assert await house.permissions.rules(OTHER_GUILD) == ServerRules()
    (entry,) = await house.grants.audit(GUILD, 10)
    assert (entry.action, entry.before, entry.after) == (
        "config steps",
        "at most 50 steps",
        "at most 12 steps",
    )


async def test_a_member_sees_and_changes_nothing(house: House, rules: Rules) -> None:
    with pytest.raises(NotAllowed):
        await rules.show(make_actor(BO))
    with pytest.raises(NotAllowed):
        await rules.set(make_actor(BO), Rule.STEPS, "1")
    with pytest.raises(BadValue):
        await rules.set(AN_ADMIN, Rule.STEPS, "1000")
    assert await house.permissions.rules(GUILD) == ServerRules()


async def test_privacy_is_as_chosen_else_as_the_server_has_it(rules: Rules) -> None:
    assert not await rules.private(GUILD, None)
    await rules.set(AN_ADMIN, Rule.PRIVATE, "yes")
    assert await rules.private(GUILD, None)
    assert not await rules.private(GUILD, chosen=False)
    assert not await rules.private(OTHER_GUILD, None)


async def test_a_picture_is_shown_by_the_rule_of_its_server(rules: Rules) -> None:
    await rules.set(AN_ADMIN, Rule.AGE, "spoiler_elsewhere")
    hidden = await rules.showing(make_job(), here_restricted=False)
    assert hidden is Showing.BEHIND_SPOILER
    elsewhere = replace(make_job(), guild_id=OTHER_GUILD)
    assert await rules.showing(elsewhere, here_restricted=False) is Showing.OPENLY


async def test_every_way_to_a_job_heeds_the_rules(
    house: House, rules: Rules, generation: Generation
) -> None:
    await ask(generation)
    await rules.set(AN_ADMIN, Rule.WORDS, "lighthouse")
    for again in (generation.reroll, generation.retry):
        with pytest.raises(BannedWord):
            await again(JOB1, make_origin(2), make_actor())
    with pytest.raises(BannedWord):
        await ask(generation, 3)
    await ask_elsewhere(generation)
    assert len(await house.queue.open_jobs()) == 2


async def ask_elsewhere(generation: Generation) -> None:
    actor, origin = make_actor(BO, OTHER_GUILD), make_origin(9, BO, OTHER_GUILD)
    await generation.submit(make_wish(), origin, actor)


async def test_caps_are_said_once_and_hold_for_old_requests_too(
    rules: Rules, generation: Generation
) -> None:
    wish = replace(make_wish(), steps=40)
    await generation.submit(wish, make_origin(), make_actor())
    await rules.set(AN_ADMIN, Rule.STEPS, "10")
    await rules.set(AN_ADMIN, Rule.SIZE, "square-512")
    ticket = await generation.submit(replace(wish, size="wide"), make_origin(2), make_actor())
    assert [(cap.option, cap.used) for cap in ticket.lowered] == [
        ("steps", "10"),
        ("size", "square-512"),
    ]
    again = await generation.reroll(JOB1, make_origin(3), make_actor())
    assert (again.job.request.steps, again.job.request.size) == (10, Size.SQUARE_512)
    assert [cap.option for cap in again.lowered] == ["steps"]


async def test_the_menu_offers_what_is_allowed_the_usual_one_first(
    house: House, rules: Rules, generation: Generation
) -> None:
    usage = Usage(house.queue, house.books, house.permissions, house.clock, MODEL)
    assert await usage.models(make_actor(), "") == [MODEL]
    await rules.set(AN_ADMIN, Rule.MODELS, f"a/one\n{MODEL}\nb/two")
    assert await usage.models(make_actor(), "") == [MODEL, "a/one", "b/two"]
    await rules.set(AN_ADMIN, Rule.MODELS, "a/one\nb/two")
    assert await usage.models(make_actor(), "TWO") == ["b/two"]
    job = await ask(generation)
    assert job.request.model == "a/one"
