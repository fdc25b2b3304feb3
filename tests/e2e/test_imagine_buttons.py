"""The buttons of the waiting card and of the result: who may press them, and what they do."""

import re

import pytest

from bot.sandbox.messages import Message
from bot.sandbox.permissions import Permission
from bot.sandbox.upstream import SD3
from bot.sandbox.world import User
from tests.e2e.acts import (
    RETURNED,
    button,
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


async def _finished(stage: Stage, prompt: str = "a red fox", **options: object) -> Message:
    return await pictured(stage, await imagine(stage, stage.world.ana, prompt, **options))


async def _waiting(stage: Stage, *prompts: str) -> list[Message]:
    """Cards whose jobs wait for a model that is being loaded, and so can be cancelled."""
    stage.upstream.fail("503_loading", times=len(prompts), seconds=120)
    cards = [card_of(await imagine(stage, stage.world.ana, prompt)) for prompt in prompts]
    for card in cards:
        await says(stage, card, "The model is waking up (about 20 s).")
    return cards


def _kept(stage: Stage, key: str) -> list[str]:
    """What the media store holds of a job."""
    return [path.name for path in (stage.bot.folder / "media").rglob(f"*{key}*")]


@pytest.mark.parametrize("killed", [None, False, True], ids=["live", "restarted", "killed"])
async def test_buttons_work_in_one_life_and_the_next(shared: Stage, killed: bool | None) -> None:
    ana, bo = shared.world.ana, shared.world.bo
    prompt = f"a fox, {killed}"
    done = await _finished(shared, prompt, seed=3)
    [waiting] = await _waiting(shared, f"{prompt} waits")
    if killed is not None:
        await shared.reopen(killed=killed)
    key = key_of(done)

    assert key in await whispered(await press(shared, bo, done, "details"))
    again = await pictured(shared, await press(shared, bo, done, "reroll"))
    assert prompt in text_of(again)
    assert "seed 3 " not in text_of(again)
    await press(shared, ana, waiting, "cancel")
    assert RETURNED in await says(shared, waiting, "Cancelled.")
    await told(shared, await press(shared, ana, done, "delete"), "Deleted.")
    assert done.deleted
    assert _kept(shared, key) == []
    assert _kept(shared, key_of(again)) != []


async def test_a_reroll_is_another_picture_and_its_presser_pays(shared: Stage) -> None:
    ana, bo = shared.world.ana, shared.world.bo
    done = await _finished(shared, "a mill", seed=8, steps=20)
    before = len(shared.upstream.calls)
    before_ana, before_bo = await _pictures_of(shared, ana), await _pictures_of(shared, bo)
    pressed = await press(shared, bo, done, "reroll")
    again = await pictured(shared, pressed)
    assert again is not done
    assert not again.ephemeral
    call = shared.upstream.calls[before]
    assert (call.prompt, call.model) == ("a mill", SD3)
    assert call.parameters["num_inference_steps"] == 20
    assert call.parameters["seed"] != 8
    assert again.attachments[0].data != done.attachments[0].data

    dossier = await whispered(await press(shared, ana, again, "details"))
    assert f"Made again from\n`{key_of(done)}`" in dossier
    assert f"Made for\n{bo.mention}" in dossier
    assert await _pictures_of(shared, bo) == before_bo + 1
    assert await _pictures_of(shared, ana) == before_ana


async def _pictures_of(stage: Stage, person: User) -> int:
    """How many pictures /quota says that a person had in the last hour."""
    said = await whispered(await command(stage, person, "quota"))
    found = re.search(r"Last hour\n(\d+) pictures?\b", said)
    assert found, said
    return int(found[1])


async def test_a_reroll_of_a_deleted_picture_makes_a_new_one(shared: Stage) -> None:
    done = await _finished(shared, "a tower")
    reroll = button(done, "reroll")
    await told(shared, await press(shared, shared.world.ana, done, "delete"), "Deleted.")
    pressed = await press(shared, shared.world.bo, done, reroll, forged=True)
    assert "a tower" in text_of(await pictured(shared, pressed))


def _moderator(stage: Stage) -> User:
    world = stage.world
    role = world.add_role(world.guild, "Moderators", Permission.MANAGE_MESSAGES)
    person = world.add_user("max", "Max")
    world.join(world.guild, person, role)
    return person


async def test_only_the_requester_and_moderators_delete(shared: Stage) -> None:
    mine, moderated = await _finished(shared, "a well"), await _finished(shared, "a wall")
    refused = await told(
        shared, await press(shared, shared.world.bo, mine, "delete"), "Delete needs"
    )
    assert "role." in refused
    assert not mine.deleted
    assert mine.attachments
    assert verbs(mine) == {"reroll", "edit", "delete", "details", "report"}
    assert _kept(shared, key_of(mine)) != []

    await told(shared, await press(shared, _moderator(shared), moderated, "delete"), "Deleted.")
    assert moderated.deleted
    assert _kept(shared, key_of(moderated)) == []


async def test_nobody_cancels_what_is_not_theirs(shared: Stage) -> None:
    [card] = await _waiting(shared, "not yours")
    for other in (shared.world.bo, shared.world.operator):
        refused = await told(shared, await press(shared, other, card, "cancel"), "Cancel needs")
        assert refused == "Cancel needs the operator role. Ask an admin."
    assert "Waiting" in text_of(card)
    done = await press(shared, shared.world.ana, card, "cancel")
    assert RETURNED in await says(shared, card, "Cancelled.")
    assert verbs(card) == set()
    assert done.user is shared.world.ana


async def test_an_operator_cancels_for_others(shared: Stage) -> None:
    world = shared.world
    granted = await command(
        shared, world.admin, "admin access grant", role=world.operators, level="operator"
    )
    await whispered(granted)
    [card] = await _waiting(shared, "an operator helps")
    await press(shared, world.operator, card, "cancel")
    assert RETURNED in await says(shared, card, "Cancelled.")
    await told(
        shared, await press(shared, world.bo, card, _cancel(card), forged=True), "Cancel needs"
    )


async def test_what_works_already_can_no_longer_be_cancelled(shared: Stage) -> None:
    shared.upstream.hold()
    asked = await imagine(shared, shared.world.ana, "too late")
    card = card_of(asked)
    await says(shared, card, "Working")
    late = await press(shared, shared.world.ana, card, _cancel(card), forged=True)
    await told(shared, late, "Too late: this image is already being made.")
    shared.upstream.release()
    done = await pictured(shared, asked)
    late = await press(shared, shared.world.ana, done, _cancel(done), forged=True)
    await told(shared, late, "Too late: this image is already done.")
    assert done.attachments


def _cancel(card: Message) -> str:
    return f"v1:cancel:{key_of(card)}"


async def test_jobs_cancel_takes_a_key_or_all(shared: Stage) -> None:
    ana = shared.world.ana
    cards = await _waiting(shared, "one", "two", "three")
    one = await command(shared, ana, "jobs cancel", job=key_of(cards[0]))
    assert RETURNED in await told(shared, one, "Cancelled.")
    await says(shared, cards[0], "Cancelled.")
    await told(shared, await command(shared, ana, "jobs cancel", job="all"), "Cancelled 2 images.")
    for card in cards[1:]:
        assert RETURNED in await says(shared, card, "Cancelled.")
