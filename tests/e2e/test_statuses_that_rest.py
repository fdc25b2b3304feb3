"""Answers after which all calls rest, or that never come: each needs a bot of its own."""

import re

import pytest

from tests.e2e.acts import RETURNED, card_of, command, imagine, pictured, press, says, told, verbs
from tests.e2e.conftest import Stage
from tests.e2e.scenes import painted, queued


async def test_402_may_be_temporary_and_keeps_the_place(stage: Stage) -> None:
    await stage.open()
    stage.upstream.fail("402", times=None)
    card = card_of(await imagine(stage, stage.world.ana, "no money"))
    said = await says(
        stage, card, "Hugging Face says the included credit is used; that can be temporary."
    )
    assert re.search(r"Checking again <t:\d+:R>; your image keeps its place\.", said)
    assert "“no money”" in said
    assert RETURNED not in said
    assert verbs(card) == {"cancel", "notify"}

    other = card_of(await imagine(stage, stage.world.bo, "behind it"))
    await says(stage, other, "that can be temporary.")
    assert len(stage.upstream.calls) == 1, "the whole token rests"
    await told(stage, await command(stage, stage.world.ana, "jobs cancel", job="all"), RETURNED)


async def test_429_with_a_long_wait_is_said(stage: Stage) -> None:
    await stage.open()
    stage.upstream.fail("429", seconds=60)
    card = card_of(await imagine(stage, stage.world.ana, "slowly"))
    said = await says(stage, card, "Hugging Face asked us to slow down; trying again")
    assert re.search(r"trying again <t:\d+:R>\.", said)
    assert verbs(card) == {"cancel", "notify"}

    await stage.reopen()
    other = card_of(await imagine(stage, stage.world.bo, "still slowly"))
    await says(stage, other, "Hugging Face asked us to slow down")
    assert len(stage.upstream.calls) == 1, "a restart forgets no pause"
    await press(stage, stage.world.bo, other, "cancel")
    await says(stage, other, RETURNED)


@pytest.mark.parametrize("name", ["hang", "drip"])
async def test_an_answer_that_never_ends_is_a_broken_line(stage: Stage, name: str) -> None:
    await stage.open(HUGOPS_UPSTREAM_TIMEOUT="1")
    stage.upstream.fail(name)
    card = card_of(await imagine(stage, stage.world.ana, "forever"))
    said = await says(stage, card, "The connection broke while it was working.")
    assert f"I cannot tell if it was made. {RETURNED}" in said
    await pictured(stage, await press(stage, stage.world.ana, card, "retry"))


async def test_429_without_a_word_rests_for_a_minute_and_goes_on(paced_stage: Stage) -> None:
    await paced_stage.open()
    paced_stage.run_clock(30)
    paced_stage.upstream.fail("429_bare")
    await painted(paced_stage, await queued(paced_stage, paced_stage.world.ana, "slowly"))
    first, second = (call.at for call in paced_stage.upstream.calls)
    assert (second - first).total_seconds() >= 60


async def test_402_that_was_temporary_ends_in_the_picture(paced_stage: Stage) -> None:
    await paced_stage.open()
    paced_stage.run_clock(30)
    paced_stage.upstream.fail("402", times=2)
    await painted(paced_stage, await queued(paced_stage, paced_stage.world.ana, "on credit"))
    assert [call.status for call in paced_stage.upstream.calls] == [402, 402, 200]
