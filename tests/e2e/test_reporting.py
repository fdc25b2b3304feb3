"""Report, over sockets: from the form to the admins' card, told once and closed once."""

import sqlite3

import pytest

from bot.sandbox.demo import DemoWorld
from bot.sandbox.discord_traffic import Fault
from bot.sandbox.interactions import Interaction
from bot.sandbox.messages import Message
from bot.sandbox.permissions import Permission
from bot.sandbox.world import Channel, User
from tests.e2e.acts import imagine, key_of, pictured, press, text_of, told, verbs
from tests.e2e.conftest import Stage
from tests.e2e.scenes import SLOW, crash, eventually, restart, rows
from tests.e2e.scenes import told as said_to

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEARD = "Reported. The admins of this server have it"
UNTOLD = "SELECT COUNT(*) FROM report WHERE told_at IS NULL"


def stage_settings(world: DemoWorld) -> dict[str, str]:
    return {
        "HUGOPS_GUILDS": f"{world.guild.id},{world.other_guild.id}",
        "HUGOPS_OWNER_IDS": str(world.owner.id),
    }


async def _made(stage: Stage, prompt: str, at: Channel | None = None) -> Message:
    person = stage.world.bo if at else stage.world.ana
    return await pictured(stage, await imagine(stage, person, prompt, at=at))


async def _report(
    stage: Stage, person: User, message: Message, reason: str, words: str = HEARD
) -> None:
    opened = await press(stage, person, message, "report")
    await _send(stage, opened, reason, words)


async def _send(stage: Stage, opened: Interaction, reason: str, words: str) -> None:
    sent = await (await stage.discord.submit_modal(opened, {"reason": reason})).answered(SLOW)
    await told(stage, sent, words)


async def _set_alerts(stage: Stage, channel: Channel) -> None:
    world = stage.world
    place = world.general if channel.guild is world.guild else channel
    run = await stage.discord.run_command(world.admin, place, "admin alerts", channel=channel)
    assert "Alerts go to" in text_of(await run.settled(SLOW))


def _cards(stage: Stage, prompt: str, channel: Channel | None = None) -> list[Message]:
    there = stage.discord.messages(channel or stage.world.office)
    return [m for m in there if "||" in m.text and prompt in text_of(m)]


async def _card(stage: Stage, prompt: str, channel: Channel | None = None) -> Message:
    [card] = await stage.discord.until(lambda: _cards(stage, prompt, channel), SLOW)
    await eventually(lambda: rows(stage, UNTOLD) == [(0,)])
    return card


async def test_reports_wait_for_a_channel_and_stay_in_their_server(shared: Stage) -> None:
    world = shared.world
    here = await _made(shared, "a patient toad")
    there = await _made(shared, "a toad next door", world.other_channel)
    await _set_alerts(shared, world.other_channel)
    await _report(shared, world.bo, here, "no", "Ask an admin to set one with `/admin alerts`")
    await _report(shared, world.bo, there, "neither")
    assert "neither" in text_of(await _card_next_door(shared))
    await eventually(lambda: rows(shared, UNTOLD) == [(1,)])
    await _set_alerts(shared, world.office)
    card = await _card(shared, "a patient toad")
    assert "Why: “no”" in text_of(card)
    assert _cards(shared, "patient", world.other_channel) == []
    assert _cards(shared, "next door") == []
    foreign = shared.world.messages_in(world.other_channel)[-1]
    forged = card.control("Dismiss")
    assert forged
    pressed = await press(shared, world.admin, foreign, forged["custom_id"], forged=True)
    await told(shared, pressed, "There is no such report in this server.")
    assert {"reportdelete", "reportdismiss"} <= verbs(card)


async def _card_next_door(stage: Stage) -> Message:
    channel = stage.world.other_channel
    return (await stage.discord.until(lambda: _cards(stage, "next door", channel), SLOW))[0]


async def test_a_report_becomes_a_card_that_calls_nobody(shared: Stage) -> None:
    world = shared.world
    await _set_alerts(shared, world.office)
    done = await _made(shared, "a rude *owl* @everyone")
    await _report(shared, world.bo, done, "look: @here **bad** ||x||")
    card = await _card(shared, "a rude owl")
    said = text_of(card)
    assert f"Reported by {world.bo.mention}" in said
    assert f"Made for {world.ana.mention}" in said
    assert "Why: “look: @here bad ||x||”" in said
    assert "Prompt: ||“a rude owl @everyone”||" in said
    place = f"{world.guild.id}/{world.general.id}/{done.id}"
    assert f"(https://discord.com/channels/{place})" in card.text
    assert key_of(done) in said
    assert card.mentions == []
    again = await press(shared, world.bo, done, "report")
    await told(shared, again, "You reported this image already")


async def test_it_is_dismissed_once_and_by_an_admin(shared: Stage) -> None:
    world = shared.world
    done = await _made(shared, "a polite owl")
    await _report(shared, world.bo, done, "too polite")
    card = await _card(shared, "a polite owl")
    ids = [str(part["custom_id"]) for part in card.controls]
    refused = await press(shared, world.bo, card, ids[1], forged=True)
    await told(shared, refused, "Dismiss needs the admin role")
    assert verbs(card) == {"reportdelete", "reportdismiss"}
    await restart(shared, **stage_settings(world))
    await press(shared, world.admin, card, "reportdismiss")
    await shared.discord.until(lambda: f"Dismissed by {world.admin.mention}" in text_of(card), SLOW)
    assert verbs(card) == set()
    late = await press(shared, world.owner, card, ids[0], forged=True)
    await told(shared, late, f"Dismissed by {world.admin.mention}")
    assert not done.deleted
    assert done.attachments
    audit = "SELECT action, before, after, actor_id FROM audit ORDER BY id DESC LIMIT 1"
    entry = ("report", f"job {key_of(done)}", "dismissed", world.admin.id)
    assert rows(shared, audit) == [entry]


async def test_deleting_takes_picture_and_message(shared: Stage) -> None:
    world = shared.world
    await _set_alerts(shared, world.office)
    done = await _made(shared, "a rude goat")
    menu = await shared.discord.run_menu(world.bo, world.general, "Report image", done)
    await _send(shared, await menu.answered(SLOW), "", HEARD)
    card = await _card(shared, "a rude goat")
    assert "no reason given" in text_of(card)
    assert str(done.id) in card.text
    await press(shared, world.admin, card, "reportdelete")
    await shared.discord.until(lambda: done.deleted, SLOW)
    closed = f"Image deleted by {world.admin.mention}"
    await shared.discord.until(lambda: closed in text_of(card), SLOW)
    assert verbs(card) == set()
    shown = await said_to(shared, world.ana, "jobs show", job=key_of(done))
    assert shown.attachments == []


async def test_only_a_message_that_shows_the_picture_is_taken_away(shared: Stage) -> None:
    world = shared.world
    await _set_alerts(shared, world.office)
    innocent, guilty = await _made(shared, "a good lamb"), await _made(shared, "a black sheep")
    menu = await shared.discord.run_menu(world.bo, world.general, "Report image", guilty)
    opened = await menu.answered(SLOW)
    assert opened.modal
    opened.modal["custom_id"] = f"v1:report:{key_of(guilty)}_{innocent.id}"
    await _send(shared, opened, "", HEARD)
    card = await _card(shared, "a black sheep")
    pressed = await press(shared, world.admin, card, "reportdelete")
    await told(shared, pressed, "could not take its message away")
    assert not innocent.deleted
    assert innocent.attachments


async def test_a_shared_picture_is_reported_by_others_and_its_post_taken_away(
    shared: Stage,
) -> None:
    world = shared.world
    await _set_alerts(shared, world.office)
    asked = await imagine(shared, world.ana, "a secret stoat", private=True)
    secret = await pictured(shared, asked)
    forged = f"v1:report:{key_of(secret)}"
    refused = await press(shared, world.bo, secret, forged, forged=True)
    await told(shared, refused, "There is no job")
    await told(shared, await press(shared, world.ana, secret, "share"), "Shared: https://")
    post = shared.discord.messages(world.general)[-1]
    await _report(shared, world.bo, post, "not for here")
    card = await _card(shared, "a secret stoat")
    assert str(post.id) in card.text
    await press(shared, world.admin, card, "reportdelete")
    await shared.discord.until(lambda: post.deleted, SLOW)


async def test_a_message_that_stays_is_said(shared: Stage) -> None:
    world = shared.world
    await _set_alerts(shared, world.office)
    done = await _made(shared, "a stubborn goat")
    await _report(shared, world.ana, done, "my own")
    card = await _card(shared, "a stubborn goat")
    refusal = Fault(method="DELETE", path="/channels/*/messages/*", status=403, code=50013)
    shared.discord.faults.add(refusal)
    pressed = await press(shared, world.admin, card, "reportdelete")
    await told(shared, pressed, "could not take its message away")


@pytest.mark.parametrize("fault", ["500", "lost"])
async def test_a_crash_between_report_and_card_shows_one(shared: Stage, fault: str) -> None:
    world = shared.world
    await _set_alerts(shared, world.office)
    prompt = f"a crash of {fault}"
    done = await _made(shared, prompt)
    ordered = shared.discord.fail(fault, "post", times=20)
    await _report(shared, world.bo, done, "quick")
    await eventually(lambda: ordered.hits)
    await eventually(lambda: len(_cards(shared, prompt)) == (fault == "lost"))
    await crash(shared)
    shared.discord.faults.clear()
    assert rows(shared, UNTOLD) == [(1,)]
    await shared.open(**stage_settings(world))
    await _card(shared, prompt)


async def test_a_card_that_stands_there_is_not_posted_again(shared: Stage) -> None:
    world = shared.world
    await _set_alerts(shared, world.office)
    await _report(shared, world.bo, await _made(shared, "a lone wolf"), "once")
    await _card(shared, "a lone wolf")
    await crash(shared)
    with sqlite3.connect(shared.bot.folder / "ledger.db") as ledger:
        ledger.execute("UPDATE report SET told_at = NULL WHERE reason = 'once'")
    posts = len(_posts(shared, world.office))
    await shared.open(**stage_settings(world))
    await eventually(lambda: rows(shared, UNTOLD) == [(0,)])
    assert len(_cards(shared, "a lone wolf")) == 1
    assert len(_posts(shared, world.office)) == posts, "it was looked for, not left to the nonce"


async def test_a_channel_that_refuses_rests_and_the_report_stays(shared: Stage) -> None:
    world = shared.world
    await _set_alerts(shared, world.random)
    done = await _made(shared, "a shut door")
    shared.discord.set_overwrite(world.random, world.bot, deny=Permission.SEND_MESSAGES)
    tries = len(_posts(shared, world.random))
    await _report(shared, world.bo, done, "let me in")
    await eventually(lambda: len(_posts(shared, world.random)) > tries)
    await _set_alerts(shared, world.office)
    await _card(shared, "a shut door")
    assert len(_posts(shared, world.random)) - tries <= 2


def _posts(stage: Stage, channel: Channel) -> list[int]:
    """How Discord answered each try to post there."""
    path = f"/channels/{channel.id}/messages"
    found = [e for e in stage.discord.traffic if e["method"] == "POST"]
    return [e["status"] for e in found if e["path"].endswith(path)]
