"""Share on a private picture: posted once, by its person only, and what others can do with it."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.sandbox.demo import DemoWorld
from bot.sandbox.discord_traffic import Fault, FaultKind
from bot.sandbox.messages import Message
from bot.sandbox.permissions import Permission
from bot.sandbox.world import Channel
from tests.e2e.acts import (
    card_of,
    imagine,
    key_of,
    pictured,
    press,
    public,
    size_of,
    told,
    verbs,
    whispered,
)
from tests.e2e.conftest import Stage
from tests.e2e.scenes import crash, rows
from tests.e2e.scenes import told as shown
from tests.e2e.test_house_rules import choose, panel

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOMY = 10 * 1024 * 1024
SHARED, AGAIN = "Shared: https://", "You shared this already: https://"


def stage_settings(world: DemoWorld) -> dict[str, str]:
    return {"HUGOPS_GUILDS": f"{world.guild.id},{world.other_guild.id}"}


async def _secret(
    stage: Stage, prompt: str = "a secret fox", at: Channel | None = None, **options: object
) -> Message:
    """A private picture of Ana."""
    asked = await imagine(stage, stage.world.ana, prompt, at=at, private=True, **options)
    done = await pictured(stage, asked)
    assert done.ephemeral
    return done


def _posts(stage: Stage, key: str, at: Channel | None = None) -> list[Message]:
    """What everybody sees of a job."""
    return [m for m in public(stage, at) if f"job {key}" in m.text and not m.ephemeral]


async def _share(stage: Stage, secret: Message, at: Channel | None = None) -> Message:
    """Share it; the post."""
    pressed = await press(stage, stage.world.ana, secret, "share")
    said = await told(stage, pressed, SHARED)
    [post] = _posts(stage, key_of(secret), at)
    assert f"/{post.channel.id}/{post.id}" in said
    return post


def _link(said: str) -> str:
    return re.findall(r"https://\S+", said)[0]


async def _restart_killed(stage: Stage) -> None:
    await crash(stage)
    await stage.open(**stage_settings(stage.world))


@contextmanager
def _limit(stage: Stage, most: int) -> Iterator[None]:
    stage.discord.file_limit = most
    try:
        yield
    finally:
        stage.discord.file_limit = ROOMY


async def test_it_is_posted_once_as_its_person_made_it(shared: Stage) -> None:
    ana = shared.world.ana
    prompt = f"a fox @everyone {shared.world.bo.mention}"
    secret = await _secret(shared, prompt, spoiler=True, negative_prompt="my ex", steps=7)
    assert verbs(secret) == {"reroll", "edit", "delete", "details", "share", "report"}
    key, post = key_of(secret), await _share(shared, secret)
    assert post.content == f"📣 Shared by {ana.mention}"
    assert post.mentions == []
    assert verbs(post) == {"reroll", "edit", "delete", "details", "report"}
    assert post.nonce == f"share-{key}"
    assert size_of(post) == (512, 512)
    assert post.attachments[0].filename.startswith("SPOILER_")
    assert str(post.attachments[0].description).startswith('AI-generated: "a fox @everyone')
    for hidden in ("my ex", "slot", "$", " s ·"):
        assert hidden not in post.text

    first = await told(shared, await press(shared, ana, secret, "share"), AGAIN)
    await _restart_killed(shared)
    second = await told(shared, await press(shared, ana, secret, "share"), AGAIN)
    assert _link(first) == _link(second)
    card = await shown(shared, ana, "jobs show", channel=shared.world.random, job=key)
    assert _link(first) in card.text
    assert _link(await told(shared, await press(shared, ana, card, "share"), AGAIN))
    assert _posts(shared, key) == [post]
    assert _posts(shared, key, shared.world.random) == []
    assert rows(shared, "SELECT key, private FROM job WHERE shared_as NOT NULL") == [(key, 1)]


async def test_others_go_on_from_it_and_learn_no_more_than_it_shows(shared: Stage) -> None:
    ana, bo, admin = shared.world.ana, shared.world.bo, shared.world.admin
    secret = await _secret(shared, "a mill", seed=31, negative_prompt="my ex", steps=7)
    for person in (bo, admin):
        forged = await press(shared, person, secret, f"v1:reroll:{key_of(secret)}", forged=True)
        assert "There is no job" in await whispered(forged)
    post = await _share(shared, secret)
    before = len(shared.upstream.calls)
    for person in (bo, ana):
        again = await pictured(shared, await press(shared, person, post, "reroll"))
        assert not again.ephemeral
        assert verbs(again) == verbs(post)
    opened = await press(shared, bo, post, "edit")
    assert "a mill" in str(opened.modal)
    assert "my ex" not in str(opened.modal)
    sent = await shared.discord.submit_modal(opened, {"prompt": "two mills"})
    edited = await pictured(shared, await sent.answered(20))
    assert not edited.ephemeral
    for call in shared.upstream.calls[before:]:
        assert "negative_prompt" not in call.parameters
        assert "num_inference_steps" not in call.parameters
    refused = await press(shared, bo, post, "details")
    assert "Only the person who shared this picture sees more" in await whispered(refused)
    assert "my ex" in await whispered(await press(shared, ana, post, "details"))
    asked = await shared.discord.run_menu(bo, post.channel, "Job details", post)
    assert "Only the person who shared this picture" in await whispered(asked)
    reuse = await shared.discord.run_menu(bo, post.channel, "Reuse prompt", post)
    await reuse.answered(20)
    assert "a mill" in str(reuse.modal)
    assert "my ex" not in str(reuse.modal)


async def test_only_its_person_shares_it_in_its_server(shared: Stage) -> None:
    world = shared.world
    secret = await _secret(shared)
    control = f"v1:share:{key_of(secret)}"
    for person in (world.bo, world.admin):
        forged = await press(shared, person, secret, control, forged=True)
        assert "There is no job" in await whispered(forged)
    elsewhere = await pictured(
        shared, await imagine(shared, world.bo, "a swan", at=world.other_channel)
    )
    post = await _share(shared, secret)
    for verb in ("share", "reroll", "details", "delete"):
        control = f"v1:{verb}:{key_of(secret)}"
        forged = await press(shared, world.bo, elsewhere, control, forged=True)
        assert "There is no job" in await whispered(forged)
    assert not post.deleted
    assert not elsewhere.deleted
    public_one = await press(
        shared, world.bo, elsewhere, f"v1:share:{key_of(elsewhere)}", forged=True
    )
    assert "There is no job" in await whispered(public_one)


async def test_it_is_shown_as_the_rules_of_the_moment_allow(shared: Stage) -> None:
    world = shared.world
    adult = await _secret(shared, "a nude", at=world.grown_ups)
    here = await shown(shared, world.ana, "jobs show", job=key_of(adult))
    assert "belongs in age-restricted channels" in await whispered(
        await press(shared, world.ana, here, "share")
    )
    assert _posts(shared, key_of(adult)) == []
    await _share(shared, adult, world.grown_ups)
    secret, other = await _secret(shared, "a statue"), await _secret(shared, "a bust")
    rules = await panel(shared)
    await choose(shared, rules, "age", "spoiler_elsewhere", "Spoiler elsewhere: outside")
    post = await _share(shared, secret)
    assert post.attachments[0].filename.startswith("SPOILER_")
    await choose(shared, rules, "age", "restricted_only", "Age-restricted channels only: in all")
    refused = await press(shared, world.ana, other, "share")
    assert "belongs in age-restricted channels" in await whispered(refused)
    await choose(shared, rules, "age", "anywhere", "Anywhere: in every")


async def test_what_is_too_large_comes_smaller_or_in_words(shared: Stage) -> None:
    secret, other = await _secret(shared, "large"), await _secret(shared, "larger")
    with _limit(shared, 100):
        refused = await press(shared, shared.world.ana, other, "share")
        await told(shared, refused, "Whoever runs me can copy the original")
    with _limit(shared, len(secret.attachments[0].data) - 1):
        pressed = await press(shared, shared.world.ana, secret, "share")
        await told(shared, pressed, "Here is a smaller one; the original stays until <t:")
    [post] = _posts(shared, key_of(secret))
    assert post.attachments[0].filename.endswith(".jpg")
    assert "smaller" not in post.text
    assert _posts(shared, key_of(other)) == []


async def test_a_channel_that_takes_no_posts_is_said(shared: Stage) -> None:
    world = shared.world
    for closed in (world.rules, world.announcements):
        secret = await _secret(shared, "a quiet one", at=closed)
        pressed = await press(shared, world.ana, secret, "share")
        await told(shared, pressed, "I may not post pictures in this channel, so I shared nothing.")
        assert _posts(shared, key_of(secret), closed) == []
    card = await shown(shared, world.ana, "jobs show", job=key_of(secret))
    await _share(shared, card)


async def test_what_was_deleted_stays_deleted(shared: Stage) -> None:
    world = shared.world
    secret = await _secret(shared)
    await shared.discord.remove(await _share(shared, secret))
    pressed = await press(shared, world.ana, secret, "share")
    said = await told(
        shared, pressed, "The post you shared was deleted, so I do not post it again."
    )
    assert f"/jobs show job:{key_of(secret)}" in said
    assert _posts(shared, key_of(secret)) == []


@pytest.mark.parametrize("by", ["ana", "pia", "the private card", "the menu"])
async def test_delete_takes_post_and_picture_away(shared: Stage, by: str) -> None:
    world = shared.world
    moderators = world.add_role(world.guild, "Moderators", Permission.MANAGE_MESSAGES)
    world.guild.members[world.power_user.id].roles.add(moderators.id)
    secret = await _secret(shared)
    post = await _share(shared, secret)
    assert "Delete needs" in await whispered(await press(shared, world.bo, post, "delete"))
    person = world.power_user if by == "pia" else world.ana
    if by == "the menu":
        run = await shared.discord.run_menu(person, post.channel, "Delete this image", post)
        pressed = await run.answered(20)
    else:
        pressed = await press(
            shared, person, secret if by == "the private card" else post, "delete"
        )
    await told(shared, pressed, "Deleted.")
    await shared.discord.until(lambda: post.deleted, 20)
    if not secret.deleted:
        late = await press(shared, world.ana, secret, "share")
        await told(shared, late, "The picture is no longer in my store.")
    assert _posts(shared, key_of(post)) == []
    stale = await press(shared, world.bo, secret, f"v1:reroll:{key_of(post)}", forged=True)
    assert "There is no job" in await whispered(stale)


async def test_two_presses_at_once_post_once(shared: Stage) -> None:
    world = shared.world
    secret = await _secret(shared)
    key = key_of(secret)
    card = await shown(shared, world.ana, "jobs show", channel=world.random, job=key)
    pressed = await asyncio.gather(
        *(press(shared, world.ana, message, "share") for message in (secret, card))
    )
    said = [await whispered(one) for one in pressed]
    assert any(SHARED in one for one in said)
    assert len(_posts(shared, key)) + len(_posts(shared, key, world.random)) == 1


async def test_trouble_at_discord_is_said_and_the_next_press_shares(shared: Stage) -> None:
    secret, ana = await _secret(shared), shared.world.ana
    for name in ("503", "429_ban", "reset"):
        shared.discord.fail(name, "post")
        pressed = await press(shared, ana, secret, "share")
        await told(shared, pressed, "Discord did not take the post just now.")
    for name in ("10003", "50013"):
        shared.discord.fail(name, "post")
        pressed = await press(shared, ana, secret, "share")
        await told(shared, pressed, "I may not post pictures in this channel")
    assert _posts(shared, key_of(secret)) == []
    await _share(shared, secret)


async def test_a_crash_after_the_post_does_not_post_twice(shared: Stage) -> None:
    world = shared.world
    secret = await _secret(shared)
    key = key_of(secret)
    shared.discord.faults.add(
        Fault(method="POST", path="/channels/*/messages", kind=FaultKind.LOSE)
    )
    pressed = await press(shared, world.ana, secret, "share")
    await told(shared, pressed, "Discord did not take the post just now.")
    [post] = _posts(shared, key)
    await _restart_killed(shared)
    card = await shown(shared, world.ana, "jobs show", channel=world.random, job=key)
    said = await told(shared, await press(shared, world.ana, card, "share"), SHARED)
    assert _link(said).endswith(f"/{post.channel.id}/{post.id}")
    assert _posts(shared, key) == [post]
    assert _posts(shared, key, world.random) == []
    assert card_of(await press(shared, world.bo, post, "reroll"))
