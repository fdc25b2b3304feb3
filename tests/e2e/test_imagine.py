"""/imagine from the command to the picture, with every option that it takes."""

import pytest

from bot.sandbox.upstream import SD3
from tests.e2e.acts import (
    calls,
    card_of,
    command,
    imagine,
    key_of,
    pictured,
    press,
    public,
    says,
    size_of,
    text_of,
    verbs,
    whispered,
)
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIZES = {
    "square-512": (512, 512),
    "square-1024": (1024, 1024),
    "portrait": (768, 1024),
    "landscape": (1024, 768),
    "wide": (1344, 768),
}


async def test_a_command_becomes_a_card_and_the_card_a_picture(shared: Stage) -> None:
    shared.upstream.hold()
    asked = await imagine(shared, shared.world.ana, "a red fox", seed=7)
    card = card_of(asked)
    assert not card.ephemeral
    assert asked.response_ms is not None
    assert asked.response_ms < 3000
    waiting = text_of(card)
    for fact in ("Waiting", "“a red fox”", SD3, "512×512", "seed 7"):  # noqa: RUF001
        assert fact in waiting
    assert verbs(card) == {"cancel", "notify"}

    working = await says(shared, card, "Working")
    assert "“a red fox”" in working
    assert verbs(card) == set()

    shared.upstream.release()
    done = await pictured(shared, asked)
    assert done is card, "the young card itself becomes the result"
    assert size_of(done) == (512, 512)
    assert done.attachments[0].content_type == "image/png"
    alt = f'AI-generated: "a red fox" - {SD3}, 512×512, seed 7'  # noqa: RUF001
    assert done.attachments[0].description == alt
    result = text_of(done)
    for fact in ("“a red fox”", SD3, "512×512", "seed 7", " s · ", "1 slot", "est. "):  # noqa: RUF001
        assert fact in result
    assert verbs(done) == {"reroll", "edit", "delete", "details", "report"}
    assert done.mentions == []


async def test_all_options_reach_hugging_face(shared: Stage) -> None:
    before = len(shared.upstream.calls)
    wish = {
        "size": "landscape",
        "negative_prompt": "blurry",
        "seed": 42,
        "steps": 30,
        "guidance": 7.5,
    }
    done = await pictured(shared, await imagine(shared, shared.world.ana, "a lake", **wish))
    call = shared.upstream.calls[before]
    assert call.prompt == "a lake"
    assert call.model == SD3
    assert call.parameters == {
        "width": 1024,
        "height": 768,
        "negative_prompt": "blurry",
        "seed": 42,
        "num_inference_steps": 30,
        "guidance_scale": 7.5,
    }
    assert size_of(done) == (1024, 768)


async def test_options_that_were_left_out_are_not_sent(shared: Stage) -> None:
    before = len(shared.upstream.calls)
    done = await pictured(shared, await imagine(shared, shared.world.ana, "a lake", size=None))
    parameters = shared.upstream.calls[before].parameters
    assert set(parameters) == {"seed"}
    assert f"seed {parameters['seed']}" in text_of(done)


@pytest.mark.parametrize("size", SIZES)
async def test_the_picture_has_the_size_that_was_chosen(shared: Stage, size: str) -> None:
    done = await pictured(shared, await imagine(shared, shared.world.bo, "a hill", size=size))
    assert size_of(done) == SIZES[size]


async def test_the_same_seed_gives_the_same_picture(shared: Stage) -> None:
    same = [await imagine(shared, shared.world.ana, "a cat", seed=5) for _ in range(2)]
    other = await imagine(shared, shared.world.ana, "a cat", seed=6)
    first, second = [(await pictured(shared, asked)).attachments[0].data for asked in same]
    assert first == second
    assert (await pictured(shared, other)).attachments[0].data != first


async def test_a_model_may_be_named(shared: Stage) -> None:
    before = len(shared.upstream.calls)
    asked = await imagine(shared, shared.world.ana, "a cat", model="black-forest-labs/FLUX.1-dev")
    await says(shared, card_of(asked), "no longer serves `black-forest-labs/FLUX.1-dev`")
    assert shared.upstream.calls[before].model == "black-forest-labs/FLUX.1-dev"


async def test_a_private_picture_is_seen_by_its_person_only(shared: Stage) -> None:
    before = public(shared)
    asked = await imagine(shared, shared.world.ana, "a secret", private=True)
    assert card_of(asked).ephemeral
    done = await pictured(shared, asked)
    assert done.visible_to is shared.world.ana
    assert not shared.world.sees(shared.world.bo, done)
    assert public(shared) == before

    again = await press(shared, shared.world.ana, done, "reroll")
    assert (await pictured(shared, again)).visible_to is shared.world.ana
    key = key_of(done)
    prying = await press(
        shared, shared.world.bo, public(shared)[0], f"v1:details:{key}", forged=True
    )
    refused = await whispered(prying)
    assert "There is no job" in refused
    assert "secret" not in refused
    assert public(shared)[: len(before)] == before
    assert all("a secret" not in message.text for message in public(shared))


async def test_a_spoiler_is_hidden_until_it_is_clicked(shared: Stage) -> None:
    asked = await imagine(shared, shared.world.ana, "the ending", spoiler=True)
    done = await pictured(shared, asked)
    assert done.attachments[0].filename.startswith("SPOILER_")
    again = await pictured(shared, await press(shared, shared.world.bo, done, "reroll"))
    assert again.attachments[0].filename.startswith("SPOILER_")


async def test_models_are_suggested_while_typing(shared: Stage) -> None:
    ana, general = shared.world.ana, shared.world.general
    offered = await shared.discord.autocomplete(ana, general, "imagine", "model", "DIFFUSION-3")
    assert SD3 in [choice["value"] for choice in offered]
    assert await shared.discord.autocomplete(ana, general, "imagine", "model", "no-such") == []


async def test_people_work_at_the_same_time(shared: Stage) -> None:
    shared.upstream.hold()
    before = len(shared.upstream.calls)
    people = [shared.world.ana, shared.world.bo, shared.world.operator]
    asked = [await imagine(shared, person, f"for {person.name}") for person in people]
    await calls(shared, before + 3)
    shared.upstream.release()
    for person, one in zip(people, asked, strict=True):
        assert f"for {person.name}" in text_of(await pictured(shared, one))


async def test_details_and_jobs_show_know_everything(shared: Stage) -> None:
    wish = {"seed": 11, "steps": 12, "guidance": 3.5, "negative_prompt": "rain"}
    done = await pictured(shared, await imagine(shared, shared.world.ana, "a boat", **wish))
    key = key_of(done)
    pressed = await whispered(await press(shared, shared.world.bo, done, "details"))
    shown = await command(shared, shared.world.ana, "jobs show", job=key)
    typed = await whispered(shown)
    for text in (pressed, typed):
        for fact in (key, "a boat", "11", "12", "3.5", "rain", SD3, "hf-inference", "est"):
            assert fact in text
        assert shared.world.ana.mention in text
    assert size_of(card_of(shown)) == (512, 512)


async def test_a_server_that_is_not_named_is_refused_in_private(shared: Stage) -> None:
    before = len(shared.upstream.calls)
    asked = await imagine(shared, shared.world.bo, "next door", at=shared.world.other_channel)
    said = await whispered(asked)
    assert said.startswith("I do not work for this server yet.")
    assert public(shared, shared.world.other_channel) == []
    assert len(shared.upstream.calls) == before
