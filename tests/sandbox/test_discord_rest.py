"""Rights, nonces, expiry, limits and orders to fail, seen through the real discord.py."""

import asyncio
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox.demo import DemoWorld
from bot.sandbox.discord_server import DiscordServer
from bot.sandbox.discord_traffic import Fault, FaultKind
from bot.sandbox.permissions import Permission
from bot.sandbox.world import Channel
from tests.sandbox.conftest import CHECKER
from tests.sandbox.discord_bot import ProbeBot, picture


def _in(bot: ProbeBot, channel: Channel) -> discord.PartialMessageable:
    return bot.get_partial_messageable(channel.id)


async def test_posting_with_a_file_a_mention_and_a_reference(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    asked = await server.say(world.ana, world.general, "paint a cat")
    sent = await _in(bot, world.general).send(
        f"{world.ana.mention} {world.bo.mention} done",
        file=discord.File(picture(), "SPOILER_cat.png", description="a cat"),
        allowed_mentions=discord.AllowedMentions(users=[discord.Object(world.ana.id)]),
        reference=discord.MessageReference(message_id=asked.id, channel_id=world.general.id),
    )
    kept = server.messages(world.general)[-1]
    assert kept.id == sent.id
    assert kept.mentions == [world.ana]
    assert kept.reference is asked
    assert sent.attachments[0].description == "a cat"
    assert await sent.attachments[0].read() == picture().getvalue()


async def test_editing_keeps_only_the_listed_files_and_deleting(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    sent = await _in(bot, world.general).send("two", files=[_file("a"), _file("b")])
    edited = await sent.edit(content="one", attachments=[sent.attachments[1], _file("c")])
    assert [a.filename for a in edited.attachments] == ["b.png", "c.png"]
    await sent.delete()
    assert server.messages(world.general) == []
    with pytest.raises(discord.NotFound) as refused:
        await sent.edit(content="gone")
    assert refused.value.code == 10008


async def test_rights_in_channels(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    assert await _refusal(bot, world.announcements) == (403, 50001)
    assert await _refusal(bot, world.rules) == (403, 50013)
    server.set_overwrite(world.general, world.bot, deny=Permission.ATTACH_FILES)
    with pytest.raises(discord.Forbidden) as refused:
        await _in(bot, world.general).send(file=_file("a"))
    assert refused.value.code == 50013
    with pytest.raises(discord.NotFound) as unknown:
        await bot.get_partial_messageable(1).send("x")
    assert unknown.value.code == 10003
    used = await server.run_command(world.ana, world.announcements, "ping")
    assert (await used.settled()).content


async def test_closed_dms(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    user = await bot.fetch_user(world.ana.id)
    await user.send("hello")
    assert [message.content for message in server.dms(world.ana)] == ["hello"]
    world.ana.dms_open = False
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("hello?")
    assert refused.value.code == 50007


async def test_a_nonce_posts_once(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    first = await _in(bot, world.general).send("job 1", nonce="job-1")
    second = await _in(bot, world.general).send("job 1", nonce="job-1")
    assert first.id == second.id
    assert len(server.messages(world.general)) == 1


async def test_an_expired_token(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    used = await server.run_command(world.ana, world.general, "ping")
    await used.settled()
    hook = discord.Webhook.partial(world.application_id, used.token, client=bot)
    await hook.edit_message("@original", content="still there")
    assert used.original is not None
    assert used.original.content == "still there"
    server.expire_token(used.id)
    with pytest.raises(discord.HTTPException) as refused:
        await hook.edit_message("@original", content="too late")
    assert (refused.value.status, refused.value.code) == (401, 50027)


async def test_webhook_messages_are_read_and_deleted_by_their_own_token(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    used = await server.run_command(world.ana, world.general, "imagine", prompt="x", private=True)
    other = await server.run_command(world.bo, world.general, "ping")
    await server.until(lambda: used.followups and other.original)
    hook = discord.Webhook.partial(world.application_id, used.token, client=bot)
    assert (await hook.fetch_message(used.followups[0].id)).content == "and more"
    await hook.delete_message(used.followups[0].id)
    assert used.replies == [used.original]
    assert other.original is not None
    with pytest.raises(discord.NotFound):
        await hook.delete_message(other.original.id)
    await hook.delete_message("@original")
    with pytest.raises(discord.NotFound) as gone:
        await hook.edit_message("@original", content="x")
    assert gone.value.code == 10008


async def test_the_same_interaction_twice(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    used = await server.run_command(world.ana, world.general, "ping")
    await used.settled()
    server.redeliver(used)
    error = await asyncio.wait_for(bot.errors.get(), 5)
    assert isinstance(error, discord.HTTPException | discord.InteractionResponded)
    assert getattr(error, "code", 40060) == 40060
    assert len(server.messages(world.general)) == 1


async def test_too_late_and_unknown(server: DiscordServer, world: DemoWorld):
    server.realm.acknowledge_within_s = 0.05
    used = await server.run_command(world.ana, world.general, "ping", raw=True)
    with pytest.raises(TimeoutError):
        await used.answered()
    assert await _respond(server, used.id, used.token) == (404, 10062)
    assert await _respond(server, 1, used.token) == (404, 10062)


async def test_size_limits(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    assert server.file_limit == 10 * 1024 * 1024
    server.file_limit = 100
    big = discord.File(io.BytesIO(b"x" * 101), "big.bin")
    with pytest.raises(discord.HTTPException) as refused:
        await _in(bot, world.general).send(file=big)
    assert (refused.value.status, refused.value.code) == (413, 40005)
    with pytest.raises(discord.HTTPException) as long:
        await _in(bot, world.general).send("x" * 2001)
    assert long.value.code == 50035
    with pytest.raises(discord.HTTPException) as empty:
        await _in(bot, world.general).send("")
    assert empty.value.code == 50006
    with pytest.raises(discord.HTTPException, match="6000"):
        await _in(bot, world.general).send(
            embeds=[discord.Embed(description="x" * 3500), discord.Embed(description="x" * 3500)]
        )


async def test_history_pages(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    for number in range(5):
        await _in(bot, world.general).send(str(number))
    channel = _in(bot, world.general)
    assert [m.content async for m in channel.history(limit=2)] == ["4", "3"]
    first = server.messages(world.general)[0]
    after = [m.content async for m in channel.history(after=discord.Object(first.id))]
    assert after == ["1", "2", "3", "4"]
    around = [m.content async for m in channel.history(around=discord.Object(first.id), limit=3)]
    assert set(around) >= {"0", "1"}


async def test_v2_components(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    view = discord.ui.LayoutView()
    view.add_item(
        discord.ui.Container(
            discord.ui.Section("words", accessory=discord.ui.Thumbnail("attachment://a.png")),
            discord.ui.Separator(),
            discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://a.png")),
            discord.ui.ActionRow(discord.ui.Button(label="Go", custom_id="go", emoji="🎲")),
        )
    )
    await _in(bot, world.general).send(view=view, file=_file("a"))
    message = server.messages(world.general)[0]
    assert message.text == "words"
    assert message.labels == ["Go"]


async def test_commands_that_discord_refuses(bot: ProbeBot):
    async def put(*options: dict[str, Any], name: str = "x") -> None:
        command = {"name": name, "description": "x", "options": list(options)}
        await bot.http.bulk_upsert_global_commands(bot.application_id, [command])

    optional = {"type": 3, "name": "a", "description": "a"}
    with pytest.raises(discord.HTTPException, match="required options must come first"):
        await put(optional, optional | {"name": "b", "required": True})
    with pytest.raises(discord.HTTPException, match="name is invalid"):
        await put(name="Big")
    wordy = [
        optional | {"name": f"o{n}", "choices": [{"name": "n" * 100, "value": "v" * 100}] * 5}
        for n in range(9)
    ]
    with pytest.raises(discord.HTTPException, match="8000"):
        await put(*wordy)


async def test_a_deleted_channel(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    server.remove_channel(world.random)
    assert await _refusal(bot, world.random) == (404, 10003)


async def test_ordered_failures(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    path = f"/channels/{world.general.id}/messages"
    server.faults.add(Fault(method="POST", path=path, status=403, code=50013))
    assert (await _refusal(bot, world.general)) == (403, 50013)
    server.faults.add(Fault(path="/channels/*", status=429))
    await _in(bot, world.general).send("after a pause")
    server.faults.add(Fault(path=path, kind=FaultKind.RESET))
    with pytest.raises(aiohttp.ClientError):
        await _in(bot, world.general).send("never arrived")
    lost = server.faults.add(Fault(path=path, kind=FaultKind.LOSE))
    with pytest.raises(aiohttp.ClientError):
        await _in(bot, world.general).send("arrived, answer lost")
    assert lost.hits == 1
    assert [m.content for m in server.messages(world.general)] == [
        "after a pause",
        "arrived, answer lost",
    ]


async def test_a_wrong_token(server: DiscordServer):
    async with aiohttp.ClientSession() as session:
        url = server.api_url + "/users/@me"
        async with session.get(url, headers={"Authorization": "Bot nonsense"}) as got:
            assert got.status == 401


async def test_commands_keep_their_ids(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    before = {c.name: c.id for c in await bot.tree.fetch_commands()}
    await bot.tree.sync()
    assert {c.name: c.id for c in await bot.tree.fetch_commands()} == before
    guild = discord.Object(world.guild.id)
    bot.tree.copy_global_to(guild=guild)
    assert {c.name for c in await bot.tree.sync(guild=guild)} == set(before)
    assert len(world.commands_for(world.guild)) == 2 * len(before)
    used = await server.run_command(world.ana, world.general, "ping")
    assert (await used.settled()).content


async def test_the_record_passes_the_checker(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot, tmp_path: Path
):
    used = await server.run_command(world.ana, world.general, "imagine", prompt="x")
    await server.until(lambda: used.followups)
    record = tmp_path / "traffic.jsonl"
    written = [json.loads(line) for line in record.read_text().splitlines()]
    assert written == server.traffic
    assert any(exchange.get("response_ms") for exchange in written)
    if not CHECKER.exists():
        return  # where Discord's document lies beside the repository, it is held to that as well
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(CHECKER), str(record)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def _file(name: str) -> discord.File:
    return discord.File(picture(), f"{name}.png")


async def _refusal(bot: ProbeBot, channel: Channel) -> tuple[int, int]:
    with pytest.raises(discord.HTTPException) as refused:
        await _in(bot, channel).send("x")
    return refused.value.status, refused.value.code


async def _respond(server: DiscordServer, number: int, token: str) -> tuple[int, int]:
    url = f"{server.api_url}/interactions/{number}/{token}/callback"
    async with aiohttp.ClientSession() as session, session.post(url, json={"type": 5}) as got:
        return got.status, (await got.json())["code"]
