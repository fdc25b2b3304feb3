"""Edit and Reuse prompt: the form, what comes of it, and that no refusal costs one's words."""

from typing import Any

import pytest

from bot.sandbox.interactions import Interaction
from bot.sandbox.messages import Message
from bot.sandbox.world import User
from tests.e2e.acts import (
    command,
    imagine,
    key_of,
    pictured,
    press,
    says,
    text_of,
    told,
    whispered,
)
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _finished(stage: Stage, prompt: str = "a red fox", **options: Any) -> Message:
    return await pictured(stage, await imagine(stage, stage.world.ana, prompt, **options))


async def _edited(stage: Stage, person: User, message: Message, /, **values: object) -> Interaction:
    """Open the form, change some fields, send it."""
    opened = await press(stage, person, message, "edit")
    assert opened.modal
    sent = await stage.discord.submit_modal(opened, values)
    return await sent.answered(20)


@pytest.mark.parametrize("killed", [None, False, True], ids=["live", "restarted", "killed"])
async def test_an_edit_is_a_new_job_of_whoever_presses(shared: Stage, killed: bool | None) -> None:
    ana, bo = shared.world.ana, shared.world.bo
    prompt = f"a barn, {killed}"
    done = await _finished(shared, prompt, seed=31, steps=12, negative_prompt="rain")
    opened = await press(shared, bo, done, "edit")
    assert prompt in str(opened.modal)
    assert "rain" in str(opened.modal)
    assert opened.modal
    assert len(opened.modal["components"]) == 5
    if killed is not None:
        await shared.reopen(killed=killed)
    before = len(shared.upstream.calls)
    values = {"prompt": f"a red {prompt}", "size": ["portrait"]}
    sent = await (await shared.discord.submit_modal(opened, values)).answered(20)
    again = await pictured(shared, sent)
    assert again is not done
    assert not again.ephemeral
    call = shared.upstream.calls[before]
    assert call.prompt == f"a red {prompt}"
    assert call.parameters["seed"] == 31
    assert call.parameters["num_inference_steps"] == 12
    assert (call.parameters["width"], call.parameters["height"]) == (768, 1024)
    assert call.parameters["negative_prompt"] == "rain"
    dossier = await whispered(await press(shared, ana, again, "details"))
    assert f"Made again from\n`{key_of(done)}`" in dossier
    assert f"Made for\n{bo.mention}" in dossier


async def test_emptied_fields_mean_what_they_mean_in_imagine(shared: Stage) -> None:
    done = await _finished(shared, "a kite", seed=77, negative_prompt="wind")
    before = len(shared.upstream.calls)
    sent = await _edited(shared, shared.world.ana, done, seed="", negative_prompt="", size=["own"])
    await pictured(shared, sent)
    call = shared.upstream.calls[before]
    assert call.parameters["seed"] != 77
    assert "negative_prompt" not in call.parameters
    assert "width" not in call.parameters


@pytest.mark.parametrize(
    ("field", "given", "words"),
    [
        ("seed", "abc", "seed must be 0-9007199254740991 here; you gave abc."),
        ("seed", "--5", "seed must be 0-9007199254740991 here; you gave --5."),
        ("seed", "-4", "seed must be 0-9007199254740991 here; you gave -4."),
        ("seed", "99999999999999999999", "seed must be 0-9007199254740991 here"),
        ("model", "nonsense", "model must be a name like"),
        ("prompt", "   ", "prompt must be 1-1500 characters here; you gave nothing to read."),
    ],
)
async def test_a_bad_value_says_the_range_and_gives_the_words_back(
    shared: Stage, field: str, given: str, words: str
) -> None:
    done = await _finished(shared, "a bridge")
    values = {"negative_prompt": "`fog` @everyone", field: given}
    sent = await _edited(shared, shared.world.ana, done, **values)
    said = await whispered(sent)
    assert words in said.replace("`", "")
    assert "What you typed" in said
    assert "'fog' @everyone" in said


async def test_too_many_waiting_gives_the_longest_words_back(shared: Stage) -> None:
    ana = shared.world.ana
    done = await _finished(shared, "a dam")
    shared.upstream.fail("503_loading", times=3, seconds=120)
    for number in range(3):
        card = (await imagine(shared, ana, f"wait {number}")).original
        assert card
        await says(shared, card, "waking up")
    sent = await _edited(shared, ana, done, prompt="p" * 1500, negative_prompt="n" * 1500)
    said = await told(shared, sent, "You already have 3 images waiting.")
    assert "p" * 1500 in said
    assert "n" * 1500 in said
    await told(shared, await command(shared, ana, "jobs cancel", job="all"), "Cancelled 3")


async def test_a_private_result_is_edited_in_private(shared: Stage) -> None:
    ana = shared.world.ana
    done = await _finished(shared, "a secret", private=True, spoiler=True)
    sent = await _edited(shared, ana, done, prompt="a better secret")
    again = await pictured(shared, sent)
    assert again.ephemeral
    assert again.visible_to is ana
    assert again.attachments[0].filename.startswith("SPOILER_")
    forged = await press(shared, shared.world.bo, done, f"v1:edit:{key_of(done)}", forged=True)
    assert "There is no job" in await whispered(forged)


async def test_reuse_is_as_private_as_the_job_was(shared: Stage) -> None:
    ana, bo = shared.world.ana, shared.world.bo
    for private in (False, True):
        done = await _finished(shared, "an orchard", private=private)
        card = (await command(shared, ana, "jobs show", job=key_of(done))).original
        assert card
        await says(shared, card, "Parameters")
        opened = await press(shared, ana, card, "reuse")
        assert "an orchard" in str(opened.modal)
        sent = await shared.discord.submit_modal(opened, {"prompt": "two orchards"})
        again = await pictured(shared, await sent.answered(20))
        assert again.ephemeral is private
        assert "two orchards" in text_of(again)
    stale = await press(shared, bo, again, "v1:reuse:nosuchjb", forged=True)
    assert "There is no job" in await whispered(stale)
