"""What people mistype, forge or send twice: a clear private sentence, nothing queued or charged.

What Discord's own app would not send is sent raw, as a modified app could.
"""

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from bot.sandbox.demo import DemoWorld
from bot.sandbox.interactions import Interaction
from bot.sandbox.messages import Message
from tests.e2e.acts import (
    card_of,
    command,
    imagine,
    key_of,
    pictured,
    press,
    public,
    text_of,
    told,
    whispered,
)
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


def stage_settings(world: DemoWorld) -> dict[str, str]:
    """The bot of this module serves both servers."""
    return {"HUGOPS_GUILDS": f"{world.guild.id},{world.other_guild.id}"}


@dataclass(frozen=True)
class Before:
    """What there was before the bad input."""

    calls: int
    jobs: int
    said: list[Message]


def _now(stage: Stage) -> Before:
    return Before(len(stage.upstream.calls), _jobs(stage), public(stage))


def _jobs(stage: Stage) -> int:
    """How many jobs the ledger holds."""
    address = f"file:{stage.bot.folder / 'ledger.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as ledger:
        return int(ledger.execute("SELECT count(*) FROM job").fetchone()[0])


async def _raw(stage: Stage, name: str = "imagine", **options: Any) -> Interaction:
    sent = await stage.discord.run_command(
        stage.world.ana, stage.world.general, name, raw=True, **options
    )
    return await sent.answered(20)


async def _refused(stage: Stage, asked: Interaction, before: Before) -> str:
    """The private sentence; nothing else happened, and the next command works."""
    said = await whispered(asked)
    assert _now(stage) == before
    assert asked.response_ms is not None
    assert asked.response_ms < 3000
    for leak in ("Traceback", "Error", "went wrong", "http"):
        assert leak not in said
    return said


EMPTY = "`prompt` must be 1-1500 characters here; you gave nothing to read."
PROMPTS = {
    "empty": ("", EMPTY),
    "blank": (" \n\t ", EMPTY),
    "zero width": ("\u200b\u200d\u2060\ufeff", EMPTY),
    "joiners between blanks": ("\u200d \u200c", EMPTY),
    "direction marks": ("\u202e\u2066\u200f", EMPTY),
    "too long": ("x" * 1501, "`prompt` must be 1-1500 characters here; you gave 1,501 characters."),
    "much too long": ("🦊" * 6000, "`prompt` must be 1-1500 characters here; you gave 6,000 char"),
}


@pytest.mark.parametrize("case", PROMPTS)
async def test_a_prompt_that_cannot_be_taken(shared: Stage, case: str) -> None:
    prompt, sentence = PROMPTS[case]
    before = _now(shared)
    assert sentence in await _refused(shared, await _raw(shared, prompt=prompt), before)


MODEL = "`model` must be a name like `owner/model`, as on Hugging Face; you gave "
VALUES = {
    "seed beyond 2^53": (
        {"seed": 2**53},
        "`seed` must be 0-9007199254740991 here; you gave 900719",
    ),
    "seed far beyond": ({"seed": 2**80}, "`seed` must be 0-9007199254740991 here; you gave 120892"),
    "seed below zero": ({"seed": -1}, "`seed` must be 0-9007199254740991 here; you gave -1."),
    "no steps": ({"steps": 0}, "`steps` must be 1-50 here; you gave 0."),
    "guidance below zero": ({"guidance": -0.5}, "`guidance` must be 0-20 here; you gave -0.5."),
    "unknown size": ({"size": "poster"}, "`size` must be square-512, square-1024, portrait"),
    "a way up": ({"model": "../../api/whoami"}, MODEL),
    "a way up inside": ({"model": "a/..b"}, MODEL),
    "spaces": ({"model": "my model/one two"}, MODEL),
    "an address": ({"model": "https" + "://example.org/a/b"}, MODEL),
    "a question mark": ({"model": "a/b?x=1"}, MODEL),
    "no owner": ({"model": "model"}, MODEL),
    "too long a name": ({"model": "a/" + "b" * 200}, MODEL),
    "a negative prompt too long": (
        {"negative_prompt": "y" * 1501},
        "`negative_prompt` must be 1-1500",
    ),
}


@pytest.mark.parametrize("case", VALUES)
async def test_an_impossible_value_is_refused_with_the_range(shared: Stage, case: str) -> None:
    options, sentence = VALUES[case]
    before = _now(shared)
    asked = await _raw(shared, prompt="a fox", **options)
    said = await whispered(asked)
    assert sentence in said
    assert _now(shared) == before


async def test_a_cap_is_lowered_and_said(shared: Stage) -> None:
    before = len(shared.upstream.calls)
    shared.upstream.hold()
    asked = await _raw(shared, prompt="a fox", steps=9999, guidance=99.0, size="square-512")
    first = text_of(await asked.settled(20))
    shared.upstream.release()
    assert "`steps` must be 1-50 here; you gave 9999. I used 50." in first
    assert "`guidance` must be 0-20 here; you gave 99. I used 20." in first
    await pictured(shared, asked)
    call = shared.upstream.calls[before]
    assert call.parameters["num_inference_steps"] == 50
    assert call.parameters["guidance_scale"] == 20


LOUD = "@everyone @here <@1> <#2> <:x:3> **bold** ||secret|| # head\n> quote `code` [a](b) <t:0:R>"


async def test_a_loud_prompt_is_drawn_but_not_obeyed(shared: Stage) -> None:
    bo = shared.world.bo
    prompt = f"{LOUD} {bo.mention} \u202egnp.exe\u202c z\u200be\u200bro"
    before = len(shared.upstream.calls)
    asked = await _raw(shared, prompt=prompt, size="square-512")
    texts = [(await asked.settled(20)).text]
    done = await pictured(shared, asked)
    texts.append(done.text)
    details = await press(shared, bo, done, "details")
    await whispered(details)
    texts += [message.text for message in details.replies if message is not done]
    for text in texts:
        quoted = text.split("“")[1].split("”")[0]
        for active in ("@everyone", "@here", bo.mention, "<@", "<#", "<:", "<t:", "\u202e", "\n"):
            assert active not in quoted
        assert re.search(r"(?<!\\)[*|`\[\]_~]", quoted) is None
    assert done.mentions == []
    sent = shared.upstream.calls[before].prompt
    assert sent == f"{LOUD} {bo.mention} gnp.exe zero"


async def test_a_command_in_a_direct_message(shared: Stage) -> None:
    before, ana = _now(shared), shared.world.ana
    for name, options in (("imagine", {"prompt": "a fox"}), ("jobs queue", {}), ("quota", {})):
        asked = await shared.discord.run_command(ana, None, name, raw=True, **options)
        said = text_of(await asked.settled(20))
        assert said.startswith("This works in a server, not in a direct message.")
    assert _now(shared) == before


async def test_a_stale_command(shared: Stage) -> None:
    before = _now(shared)
    gone = await _raw(shared, "paint", prompt="a fox")
    lacking = await _raw(shared, "imagine", size="wide")
    for asked in (gone, lacking):
        said = await _refused(shared, asked, before)
        assert said.startswith("This command has changed since your Discord last loaded it.")


FORGED = {
    "v1:explode:aaaaaaaa": "This button is from an older version.",
    "v9:reroll:aaaaaaaa": "This button is from an older version.",
    "v1:reroll:../../etc/passwd": "This button is from an older version.",
    "rubbish": "This button is from an older version.",
    "v1:reroll:zzzzzzzz": "There is no job `zzzzzzzz` here for you.",
    "v1:retry:zzzzzzzz": "There is no job `zzzzzzzz` here for you.",
    "v1:cancel:zzzzzzzz": "There is no job `zzzzzzzz` here for you.",
    "v1:delete:zzzzzzzz": "There is no job `zzzzzzzz` here for you.",
    "v1:details:zzzzzzzz": "There is no job `zzzzzzzz` here for you.",
    "v1:report:zzzzzzzz": "There is no job `zzzzzzzz` here for you.",
    "v1:report:zzzzzzzz_1": "There is no job `zzzzzzzz` here for you.",
    "v1:reportdelete:1": "Delete image needs the admin role. Ask an admin.",
    "v1:reportdismiss:zzzzzzzz": "This button is from an older version.",
    "v1:reportdismiss:9999999999999999999": "This button is from an older version.",
}


@pytest.mark.parametrize("custom_id", FORGED)
async def test_a_forged_button(shared: Stage, custom_id: str) -> None:
    if not public(shared):
        await pictured(shared, await imagine(shared, shared.world.ana))
    before = _now(shared)
    pressed = await press(shared, shared.world.bo, public(shared)[0], custom_id, forged=True)
    await told(shared, pressed, FORGED[custom_id])
    assert _now(shared) == before


async def test_a_key_that_is_not_yours(shared: Stage) -> None:
    """Job keys typed by hand: unknown, with rubbish in it, of somebody's private job."""
    mine = await pictured(shared, await imagine(shared, shared.world.ana, "hidden", private=True))
    before = _now(shared)
    for key in ("zzzzzzzz", "`@everyone` <@1>", "x" * 500, key_of(mine)):
        asked = await command(shared, shared.world.bo, "jobs show", job=key)
        said = await whispered(asked)
        assert said.startswith("There is no job `")
        assert "@everyone" not in asked.replies[0].text
        assert "hidden" not in said
    assert _now(shared) == before


async def test_the_same_interaction_twice_is_one_job(shared: Stage) -> None:
    before = _now(shared)
    asked = await shared.discord.run_command(
        shared.world.ana, shared.world.general, "imagine", prompt="only one", size="square-512"
    )
    shared.discord.redeliver(asked)
    await asked.settled(20)
    await pictured(shared, asked)
    shared.discord.redeliver(asked)
    await pictured(shared, await imagine(shared, shared.world.ana, "the next one"))
    after = _now(shared)
    assert after.jobs == before.jobs + 2
    assert after.calls == before.calls + 2
    assert len(after.said) == len(before.said) + 2
    assert card_of(asked).attachments


async def test_a_job_of_another_server_does_not_exist_here(shared: Stage) -> None:
    world, bo = shared.world, shared.world.bo
    asked = await imagine(shared, bo, "next door", at=world.other_channel)
    theirs = await pictured(shared, asked)
    here = await pictured(shared, await imagine(shared, bo, "at home"))
    before = len(shared.upstream.calls)
    for verb in ("details", "reroll", "retry", "delete", "cancel", "report"):
        forged = f"v1:{verb}:{key_of(theirs)}"
        pressed = await press(shared, bo, here, forged, forged=True)
        await told(shared, pressed, f"There is no job `{key_of(theirs)}` here for you.")
    line = await command(shared, world.admin, "jobs show", job=key_of(theirs))
    assert "There is no job" in await whispered(line)
    assert not theirs.deleted
    assert here.attachments
    assert len(shared.upstream.calls) == before
