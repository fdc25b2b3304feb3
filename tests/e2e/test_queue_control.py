"""/admin queue, block and alerts over sockets: one server's decisions, which no other notices."""

import pytest

from bot.sandbox.demo import DemoWorld
from bot.sandbox.messages import Message
from bot.sandbox.world import Channel, User
from tests.e2e.acts import press, says, text_of, whispered
from tests.e2e.conftest import Stage
from tests.e2e.scenes import (
    ask,
    ended,
    eventually,
    painted,
    queued,
    restart,
    rows,
    told,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

LAST_AUDIT = "SELECT action, before, after, reason FROM audit ORDER BY id DESC LIMIT 1"


def stage_settings(world: DemoWorld) -> dict[str, str]:
    return {
        "HUGOPS_GUILDS": f"{world.guild.id},{world.other_guild.id}",
        "HUGOPS_OWNER_IDS": str(world.owner.id),
    }


def audited(stage: Stage) -> tuple[str, ...]:
    return rows(stage, LAST_AUDIT)[0]


async def card_of(stage: Stage, person: User, prompt: str) -> Message:
    """The card of a job that waits."""
    return await (await ask(stage, person, prompt)).settled()


async def set_alerts(stage: Stage, channel: Channel) -> Message:
    """What the bot said to the admin who sets the channel."""
    world = stage.world
    place = world.general if channel.guild is world.guild else channel
    run = await stage.discord.run_command(world.admin, place, "admin alerts", channel=channel)
    return await run.settled()


async def test_a_pause_holds_this_server_only_and_over_a_restart(shared: Stage) -> None:
    world = shared.world
    said = await told(shared, world.admin, "admin queue pause", reason="the *bill*")
    assert "The queue is paused" in said.text
    assert audited(shared) == ("queue pause", "open", "paused", "the *bill*")
    card = await card_of(shared, world.ana, "a held heron")
    assert 'An admin paused the queue: "the bill" Your job keeps its place.' in text_of(card)
    next_door = await queued(shared, world.bo, "a free finch", world.other_channel)
    await painted(shared, next_door)

    line = text_of(await told(shared, world.ana, "jobs queue"))
    status = text_of(await told(shared, world.ana, "status"))
    for seen in (line, status):
        assert f"Paused by {world.admin.mention}: “the bill”" in seen
    for name in ("jobs queue", "status"):
        other = text_of(await told(shared, world.bo, name, channel=world.other_channel))
        assert "bill" not in other
        assert world.admin.mention not in other

    await restart(shared, **stage_settings(world))
    await painted(shared, await queued(shared, world.bo, "a second finch", world.other_channel))
    assert rows(shared, "SELECT state FROM job WHERE prompt = 'a held heron'") == [("queued",)]
    said = await told(shared, world.admin, "admin queue resume")
    assert "The queue moves: 1 image waiting." in text_of(said)
    await painted(shared, await _key_of(shared, "a held heron"))


async def test_a_card_learns_of_pause_and_resume(shared: Stage) -> None:
    world = shared.world
    await told(shared, world.admin, "admin queue pause")
    card = await card_of(shared, world.ana, "a patient pike")
    await told(shared, world.admin, "admin queue pause", reason="a new reason")
    await says(shared, card, 'paused the queue: "a new reason"')
    await told(shared, world.admin, "admin queue resume")
    await shared.discord.until(lambda: card.attachments, 20)


async def test_a_drain_finishes_what_waits_and_refuses_what_is_new(shared: Stage) -> None:
    world = shared.world
    await told(shared, world.admin, "admin queue pause")
    key = await queued(shared, world.ana, "the last one")
    await told(shared, world.admin, "admin queue drain", reason="we move")
    await painted(shared, key)
    refused = await whispered(await ask(shared, world.ana, "one too late"))
    assert 'an admin lets the queue run empty: "we move"' in refused
    assert "Try again later." in refused
    await painted(shared, await queued(shared, world.bo, "elsewhere", world.other_channel))
    assert "Runs empty, by" in text_of(await told(shared, world.ana, "status"))
    await told(shared, world.admin, "admin queue resume")
    await painted(shared, await queued(shared, world.ana, "one more"))


async def test_clearing_is_confirmed_by_who_asked_and_tells_everybody(shared: Stage) -> None:
    world = shared.world
    for channel in (world.general, world.other_channel):
        await told(shared, world.admin, "admin queue pause", channel=channel)
    mine = await card_of(shared, world.ana, "ana's waiting")
    keys = [await queued(shared, world.bo, "bo's waiting"), await _key_of(shared, "ana's waiting")]
    await queued(shared, world.bo, "bo next door", world.other_channel)
    question = await told(shared, world.admin, "admin queue clear", reason="start afresh")
    assert "This cancels everything that waits in this server: 2 images." in text_of(question)
    forged = str(question.controls[0]["custom_id"])
    for person in (world.ana, world.owner):
        said = await whispered(await press(shared, person, mine, forged, forged=True))
        assert "needs the admin role" in said or "nothing to confirm" in said
    assert rows(shared, "SELECT COUNT(*) FROM job WHERE state = 'queued'") == [(3,)]

    await press(shared, world.admin, question, "clear")
    await says(shared, question, "Cancelled 2 images.")
    for key in keys:
        assert 'an admin cleared the queue: "start afresh"' in text_of(await ended(shared, key))
    assert audited(shared) == ("queue clear", "2 waiting", "0 waiting", "start afresh")
    again = await press(shared, world.admin, question, forged, forged=True)
    assert "nothing to confirm any more" in await whispered(again)
    assert rows(shared, "SELECT prompt FROM job WHERE state = 'queued'") == [("bo next door",)]
    for channel in (world.general, world.other_channel):
        await told(shared, world.admin, "admin queue resume", channel=channel)
    await painted(shared, await _key_of(shared, "bo next door"))


async def test_a_confirmation_does_not_outlive_a_restart(shared: Stage) -> None:
    world = shared.world
    question = await told(shared, world.admin, "admin queue clear")
    await restart(shared, **stage_settings(world))
    said = await whispered(await press(shared, world.admin, question, "clear"))
    assert "There is nothing to confirm any more. Run the command again." in said


async def test_a_blocked_person_is_refused_here_only_and_what_waits_is_withdrawn(
    shared: Stage,
) -> None:
    world = shared.world
    done = await painted(shared, await queued(shared, world.ana, "a fine picture"))
    await told(shared, world.admin, "admin queue pause")
    key = await queued(shared, world.bo, "bo's last")
    said = await told(shared, world.admin, "admin block", user=world.bo, until="2h", reason="spam")
    assert "blocked in this server" in text_of(said)
    assert "1 image of theirs" in text_of(said)
    assert "Cancelled by an admin. Your slot was returned." in text_of(await ended(shared, key))
    await told(shared, world.admin, "admin queue resume")
    for name, options in (("imagine", {"prompt": "x"}), ("status", {}), ("help", {})):
        refused = text_of(await told(shared, world.bo, name, **options))
        assert "You are blocked from using me in this server until <t:" in refused
        assert "Ask an admin" in refused
    pressed = await press(shared, world.bo, done, "reroll")
    assert "You are blocked" in await whispered(pressed)
    await painted(shared, await queued(shared, world.bo, "next door", world.other_channel))
    action, before, after, reason = audited(shared)[:4]
    assert (action, reason) == ("queue resume", "")
    await told(shared, world.admin, "admin unblock", user=world.bo)
    action, before, after, _ = audited(shared)
    assert action == "unblock"
    assert before.startswith(f"<@{world.bo.id}> blocked until ")
    assert after == f"<@{world.bo.id}> not blocked"
    await painted(shared, await queued(shared, world.bo, "back again"))


async def test_admins_and_owners_cannot_be_blocked(shared: Stage) -> None:
    world = shared.world
    said = await told(shared, world.admin, "admin block", user=world.owner)
    assert "Admins and owners cannot be blocked." in said.text
    said = await told(shared, world.admin, "admin block", user=world.admin)
    assert "must be somebody else" in said.text
    said = await told(shared, world.admin, "admin block", user=world.bo, until="yesterday")
    assert "must be a span like" in said.text
    assert "not blocked" in (await told(shared, world.admin, "admin unblock", user=world.bo)).text


async def test_alerts_go_where_an_admin_said_once_a_day(shared: Stage) -> None:
    world = shared.world
    doctor = text_of(await told(shared, world.admin, "admin doctor"))
    assert "no channel is set: failures and reports reach no admin" in doctor
    for channel in (world.rules, world.announcements):
        refused = await set_alerts(shared, channel)
        assert "must be a channel of this server in which I may" in refused.text
    assert rows(shared, "SELECT COUNT(*) FROM audit WHERE action = 'alerts'") == [(0,)]
    said = await set_alerts(shared, world.random)
    assert f"Alerts go to <#{world.random.id}>" in text_of(said)
    await set_alerts(shared, world.other_channel)
    (first,) = shared.discord.messages(world.random)
    assert "Alerts of HugOps will come here" in first.text
    assert "they go to #random" in text_of(await told(shared, world.admin, "admin doctor"))

    shared.upstream.fail("401", times=2)
    for prompt in ("refused once", "refused twice"):
        await ended(shared, await queued(shared, world.ana, prompt))
    alerts = await eventually(lambda: shared.discord.messages(world.random)[1:])
    assert "token is invalid or revoked" in text_of(alerts[0])
    await restart(shared, **stage_settings(world))
    shared.upstream.fail("401")
    await ended(shared, await queued(shared, world.ana, "refused again"))
    assert len(shared.discord.messages(world.random)) == 2
    next_door = [m for m in shared.discord.messages(world.other_channel) if "revoked" in m.text]
    assert [text_of(alert) for alert in next_door] == [text_of(alerts[0])]
    named = [world.guild.name, world.other_guild.name, "<@", "refused once"]
    assert [word for word in named if word in alerts[0].text] == []


async def _key_of(stage: Stage, prompt: str) -> str:
    keys = dict(rows(stage, "SELECT prompt, key FROM job"))
    return str(keys[prompt])
