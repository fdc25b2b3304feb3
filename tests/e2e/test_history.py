"""/jobs list and retry, and the menu of a message."""

import pytest

from bot.sandbox.messages import Message
from tests.e2e.acts import (
    card_of,
    command,
    imagine,
    key_of,
    pictured,
    press,
    says,
    text_of,
    told,
    verbs,
    whispered,
)
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _finished(stage: Stage, prompt: str = "a red fox", **options: bool) -> Message:
    return await pictured(stage, await imagine(stage, stage.world.ana, prompt, **options))


async def test_history_turns_its_pages_in_the_next_life_too(shared: Stage) -> None:
    ana = shared.world.ana
    made = [await _finished(shared, f"past {number}", private=number == 0) for number in range(6)]
    listed = await command(shared, ana, "jobs list", status="done")
    card = card_of(listed)
    said = await says(shared, card, "past 5")
    assert str(made[2].id) in said
    assert "seed" in said
    assert "past 0" not in said
    assert "only done" in said
    assert verbs(card) == {"list"}
    await shared.reopen(killed=True)
    await press(shared, ana, card, "list")
    said = await says(shared, card, "page 2")
    assert "past 0" in said
    assert "private" in said
    assert "only done" in said
    forged = await press(shared, shared.world.bo, card, f"v1:list:1_any_{ana.id}_any", forged=True)
    await told(shared, forged, "needs the admin role.")
    for key in ("1_any", "x_any_1_any", "1_odd_1_any"):
        stale = await press(shared, ana, card, f"v1:list:{key}", forged=True)
        await told(shared, stale, "This button is from an older version.")


async def test_history_by_model_and_person(shared: Stage) -> None:
    world = shared.world
    done = await _finished(shared, "with a model")
    refused = await command(shared, world.bo, "jobs list", user=world.ana)
    assert "needs the admin role" in await whispered(refused)
    model = "stabilityai/stable-diffusion-3-medium-diffusers"
    card = card_of(await command(shared, world.admin, "jobs list", user=world.ana, model=model))
    assert key_of(done) in await says(shared, card, "with a model")
    empty = await command(shared, world.ana, "jobs list", model="no/such")
    assert "Nothing here." in await whispered(empty)


async def test_retry_is_for_ones_own(shared: Stage) -> None:
    ana, bo = shared.world.ana, shared.world.bo
    for private in (False, True):
        done = await _finished(shared, "once more", private=private)
        key = key_of(done)
        again = await pictured(shared, await command(shared, ana, "jobs retry", job=key))
        assert again.ephemeral is private
        shown = await whispered(await command(shared, ana, "jobs show", job=key))
        assert f"Made from this\n`{key_of(again)}`" in shown
        assert "There is no job" in await whispered(
            await command(shared, bo, "jobs retry", job=key)
        )


async def test_the_menu_of_a_message(shared: Stage) -> None:
    world, discord = shared.world, shared.discord
    done = await _finished(shared, "from the menu")
    key = key_of(done)
    details = await discord.run_menu(world.bo, world.general, "Job details", done)
    assert key in await whispered(await details.answered(20))
    reuse = await (await discord.run_menu(world.bo, world.general, "Reuse prompt", done)).answered(
        20
    )
    assert "from the menu" in str(reuse.modal)
    again = await (await discord.submit_modal(reuse, {"prompt": "by another"})).answered(20)
    assert "by another" in text_of(await pictured(shared, again))
    refused = await discord.run_menu(world.bo, world.general, "Delete this image", done)
    await told(shared, refused, "Delete needs")
    assert not done.deleted
    deleted = await discord.run_menu(world.ana, world.general, "Delete this image", done)
    await told(shared, deleted, "Deleted.")
    assert done.deleted


@pytest.mark.parametrize(
    "name", ["Job details", "Reuse prompt", "Delete this image", "Report image"]
)
async def test_a_message_that_is_no_picture_gets_a_sentence(shared: Stage, name: str) -> None:
    world, discord = shared.world, shared.discord
    chat = await discord.say(world.bo, world.general, "v1:details:abcdefgh job abcdefgh")
    run = await discord.run_menu(world.ana, world.general, name, chat)
    await told(shared, run, "This message is no picture of mine.")
