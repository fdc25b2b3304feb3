"""The panel of /admin config over sockets, and that every way to a picture heeds it."""

import pytest

from bot.sandbox.demo import DemoWorld
from bot.sandbox.interactions import Interaction
from bot.sandbox.messages import Message
from bot.sandbox.world import Channel
from tests.e2e.acts import card_of, imagine, pictured, press, says, text_of, whispered
from tests.e2e.conftest import Stage
from tests.e2e.scenes import ask, key_of, painted, queued, restart, rows, told

pytestmark = pytest.mark.asyncio(loop_scope="module")

BANNED = "I cannot make that here (rule: banned word list). Not counted."
USUAL = "stabilityai/stable-diffusion-3-medium-diffusers"
OTHER = "acme/tiny"


def stage_settings(world: DemoWorld) -> dict[str, str]:
    return {"HUGOPS_GUILDS": f"{world.guild.id},{world.other_guild.id}"}


async def panel(stage: Stage, at: Channel | None = None) -> Message:
    """A new panel."""
    return await told(stage, stage.world.admin, "admin config", channel=at)


async def choose(stage: Stage, shown: Message, rule: str, value: str, says_then: str) -> None:
    """Choose in a select of the panel, until it says so."""
    control = f"v1:config:{rule}"
    await stage.discord.press(stage.world.admin, shown, control, values=[value])
    await says(stage, shown, says_then)


async def fill(stage: Stage, shown: Message, label: str, typed: str) -> Interaction:
    """Open a form of the panel and send it."""
    opened = await stage.discord.press(stage.world.admin, shown, label)
    await opened.answered()
    return await stage.discord.submit_modal(opened, {"typed": typed})


async def test_banned_words_are_found_on_every_way_to_a_picture(shared: Stage) -> None:
    world = shared.world
    before = await painted(shared, await queued(shared, world.ana, "a Rude  wórd on a wall"))
    shown = await panel(shared)
    assert shown.ephemeral
    await fill(shared, shown, "Banned words…", "rude word\nverboten")
    said = await says(shared, shown, "Saved: Banned words.")
    assert "rude" not in said
    assert "2 lines" in said
    for prompt in ("VERBOTEN things", "the \uff52ude, word", "ver\u200bboten"):
        assert BANNED in await whispered(await ask(shared, world.ana, prompt))
    assert BANNED in await whispered(await press(shared, world.bo, before, "reroll"))
    assert rows(shared, "SELECT COUNT(*) FROM job") == [(1,)]
    await painted(
        shared, await queued(shared, world.ana, "a verbotenes", negative_prompt="rude word")
    )
    await painted(shared, await queued(shared, world.bo, "verboten", world.other_channel))
    trail = rows(shared, "SELECT before, after FROM audit ORDER BY id DESC LIMIT 1")
    assert trail == [("0 banned words or phrases", "2 banned words or phrases")]
    opened = await shared.discord.press(world.admin, shown, "Banned words…")
    await opened.answered()
    assert "verboten" in str(opened.modal)
    await shared.discord.submit_modal(opened, {"typed": ""})
    await says(shared, shown, "Banned words\nnone")


async def test_only_allowed_models_are_offered_and_taken(shared: Stage) -> None:
    world = shared.world
    shown = await panel(shared)
    await fill(shared, shown, "Models…", f"{OTHER}\n\n{OTHER}\n")
    await says(shared, shown, "Saved: Allowed models.")
    refused = await whispered(await ask(shared, world.ana, "a gull", model=USUAL))
    assert f"model must be {OTHER} here; you gave {USUAL}" in refused.replace("`", "")
    offered = await shared.discord.autocomplete(world.ana, world.general, "imagine", "model", "")
    assert [choice["value"] for choice in offered] == [OTHER]
    card = await (await ask(shared, world.ana, "a tern")).settled()
    assert OTHER in card.text
    there = await shared.discord.autocomplete(
        world.bo, world.other_channel, "imagine", "model", "stab"
    )
    assert [choice["value"] for choice in there] == [USUAL]
    wrong = await fill(shared, shown, "Models…", "no such name")
    assert "a name like owner/model" in (await whispered(wrong)).replace("`", "")
    await fill(shared, shown, "Models…", "")
    await says(shared, shown, "Allowed models\nall")


async def test_caps_lower_and_say_so_and_a_private_default_is_heeded(shared: Stage) -> None:
    world = shared.world
    shown = await panel(shared)
    await choose(shared, shown, "size", "square-512", "square-512, also when none")
    await fill(shared, shown, "Most steps…", "12")
    await says(shared, shown, "Saved: Most steps.")
    await restart(shared, **stage_settings(world))
    private = next(c for c in shown.controls if str(c.get("label")) == "Make private the default")
    await shared.discord.press(world.admin, shown, str(private["custom_id"]))
    await says(shared, shown, "Saved: Private by default.")
    asked = await imagine(shared, world.ana, "a crane", size="wide", steps=40)
    said = await pictured(shared, asked)
    assert said.ephemeral
    assert "512×512" in said.text  # noqa: RUF001
    lowered = " ".join(text_of(reply) for reply in asked.replies)
    assert "steps must be 1-12 here; you gave 40. I used 12." in lowered.replace("`", "")
    assert "I used square-512." in lowered
    aloud = await imagine(shared, world.ana, "a stork", size=None, private=False)
    assert not card_of(aloud).ephemeral
    assert rows(shared, "SELECT size, steps, private FROM job ORDER BY id DESC LIMIT 2") == [
        ("square-512", None, 0),
        ("square-512", 12, 1),
    ]
    other = await imagine(shared, world.bo, "a swan", at=world.other_channel, steps=40)
    assert not card_of(other).ephemeral
    await choose(shared, shown, "size", "any", "Largest size\nany")
    await fill(shared, shown, "Most steps…", "")
    public = next(c for c in shown.controls if str(c.get("label")) == "Make public the default")
    await shared.discord.press(world.admin, shown, str(public["custom_id"]))
    await says(shared, shown, "Private by default\nno")


async def test_what_was_made_for_grown_ups_stays_there(shared: Stage) -> None:
    world = shared.world
    key = key_of(await painted(shared, await queued(shared, world.ana, "nude", world.grown_ups)))
    there = await told(shared, world.ana, "jobs show", channel=world.grown_ups, job=key)
    assert there.attachments
    stood = len(shared.discord.messages(world.grown_ups))
    await press(shared, world.ana, there, "repost")
    await shared.discord.until(lambda: len(shared.discord.messages(world.grown_ups)) > stood, 20)
    here = await told(shared, world.ana, "jobs show", job=key)
    assert not here.attachments
    for verb in ("repost", "download"):
        refused = await whispered(await press(shared, world.ana, here, verb))
        assert "belongs in age-restricted channels" in refused
    assert not any(m.attachments for m in shared.discord.messages(world.general) if key in m.text)


async def test_the_age_rule_hides_or_refuses_outside_of_restricted_channels(shared: Stage) -> None:
    world = shared.world
    shown = await panel(shared)
    await choose(shared, shown, "age", "spoiler_elsewhere", "Spoiler elsewhere: outside")
    hidden = await painted(shared, await queued(shared, world.ana, "a statue"))
    assert hidden.attachments[0].filename.startswith("SPOILER_")
    open_ = await painted(shared, await queued(shared, world.ana, "a bust", world.grown_ups))
    assert not open_.attachments[0].filename.startswith("SPOILER_")

    shared.upstream.hold()
    late = await queued(shared, world.ana, "a late one")
    await choose(shared, shown, "age", "restricted_only", "Age-restricted channels only: in all")
    refused = await whispered(await ask(shared, world.ana, "a torso"))
    assert "Pictures are made in age-restricted channels only here." in refused
    assert "only here" in await whispered(await press(shared, world.bo, hidden, "reroll"))
    shared.upstream.release()
    told_late = await shared.discord.until(
        lambda: [m for m in shared.discord.messages(world.general) if "age-restricted" in m.text],
        20,
    )
    assert f"/jobs show job:{late}" in text_of(told_late[0])
    assert told_late[0].attachments == []
    await painted(shared, await queued(shared, world.ana, "a torso", world.grown_ups))
    await painted(shared, await queued(shared, world.bo, "a swan", world.other_channel))
    await choose(shared, shown, "age", "anywhere", "Anywhere: in every")


async def test_forged_presses_change_and_show_nothing(shared: Stage) -> None:
    world = shared.world
    card = await painted(shared, await queued(shared, world.ana, "a plain picture"))
    count = rows(shared, "SELECT COUNT(*) FROM audit")
    for control in ("v1:config:private-yes", "v1:config:words", "v1:config:models"):
        said = await whispered(await press(shared, world.ana, card, control, forged=True))
        assert "`/admin config` needs the admin role." in said
    forged = await press(shared, world.admin, card, "v1:config:nonsense", forged=True)
    assert "older version" in await whispered(forged)
    assert rows(shared, "SELECT COUNT(*) FROM audit") == count
    forged = await press(shared, world.admin, card, "v1:config:private-no", forged=True)
    assert "Rules for pictures" in await whispered(forged)
    assert "Rules for pictures" not in card.text
