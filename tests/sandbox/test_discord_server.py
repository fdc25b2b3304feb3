"""The stand-in against the real discord.py: commands, answers, files, forms, suggestions."""

import asyncio

import discord
import pytest

from bot.sandbox.command_forms import ClientRefusedError
from bot.sandbox.demo import DemoWorld
from bot.sandbox.discord_bodies import Upload
from bot.sandbox.discord_server import DiscordServer
from tests.sandbox.discord_bot import ProbeBot, picture


async def test_a_command_is_answered(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    used = await server.run_command(world.ana, world.general, "ping")
    await used.answered()
    assert used.original is not None
    assert used.original.text == "pong <@1>"
    assert used.original.labels == ["Again", "Edit"]
    assert used.original.mentions == []
    assert used.response_ms is not None
    assert 0 < used.response_ms < 3000
    assert server.messages(world.general, world.bo) == [used.original]


async def test_ephemeral_replies_stay_with_their_person(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    used = await server.run_command(world.ana, world.general, "ping", private=True)
    await used.answered()
    assert server.messages(world.general, world.ana) == [used.original]
    assert server.messages(world.general, world.bo) == []
    assert server.messages(world.general) == []
    channel = bot.get_partial_messageable(world.general.id)
    with pytest.raises(discord.NotFound) as refused:
        await channel.fetch_message(used.original.id)
    assert refused.value.code == 10008


async def test_a_deferral_becomes_a_picture(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    used = await server.run_command(
        world.ana, world.general, "imagine", prompt="a cat", model="m", size="square-512", seed=7
    )
    message = await used.settled()
    assert message.embeds[0]["title"] == "a cat"
    assert message.embeds[0]["image"]["url"] == message.attachments[0].url
    assert message.attachments[0].size_px == (8, 8)
    assert message.attachments[0].description == "AI-generated"
    await server.until(lambda: used.followups)
    assert [m.text for m in server.messages(world.general, world.bo)] == ["a cat\nm square-512 7"]
    assert [m.content for m in server.messages(world.general, world.ana)] == ["", "and more"]


async def test_a_file_can_be_handed_in(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    given = Upload(filename="in.png", data=picture(3).getvalue())
    used = await server.run_command(world.ana, world.general, "imagine", prompt="x", image=given)
    message = await used.settled()
    assert message.attachments[1].data == given.data


async def test_a_followup_to_a_deferral_is_the_reply(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    used = await server.run_command(world.ana, world.general, "slow")
    message = await used.settled()
    assert message is used.original
    assert message.content == "first"
    assert message.ephemeral
    assert used.followups == []


async def test_subcommands_people_channels_and_dms(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    queue = await server.run_command(world.ana, world.general, "jobs queue", scope="everyone")
    assert (await queue.settled()).text == "queue everyone"
    assert queue.original is not None
    assert queue.original.command == "jobs queue"
    whom = await server.run_command(
        world.ana, world.general, "whom", member=world.bo, where=world.random
    )
    assert (await whom.settled()).text == "bo random"
    direct = await server.run_command(world.bo, None, "ping", dm=True)
    assert (await direct.settled()) in server.dms(world.bo)
    assert server.dms(world.ana) == []


async def test_buttons_and_forms(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    used = await server.run_command(world.ana, world.general, "ping")
    message = await used.settled()
    pressed = await server.press(world.bo, message, "Again")
    await pressed.answered()
    assert message.content == "again!"
    opened = await (await server.press(world.bo, message, "v1:edit:1")).answered()
    sent = await server.submit_modal(opened, {"Prompt": "a dog"})
    assert (await sent.settled()).content == "form: a dog"
    opened = await (await server.press(world.ana, message, "Edit")).answered()
    unchanged = await server.submit_modal(opened)
    assert (await unchanged.settled()).content == "form: a cat"


async def test_a_forged_button_arrives(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    used = await server.run_command(world.ana, world.general, "ping", private=True)
    message = await used.settled()
    with pytest.raises(ClientRefusedError, match="does not see"):
        await server.press(world.bo, message, "Again")
    with pytest.raises(ClientRefusedError, match="No control"):
        await server.press(world.ana, message, "v1:delete:9")
    arrives = asyncio.create_task(bot.wait_for("interaction", timeout=5))
    await asyncio.sleep(0)
    forged = await server.press(world.bo, message, "v1:delete:9", forged=True)
    assert (await arrives).id == forged.id


async def test_suggestions(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    choices = await server.autocomplete(world.ana, world.general, "imagine", "model", "flux")
    assert [choice["value"] for choice in choices] == ["flux-a", "flux-b"]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("nothing", {}),
        ("jobs", {}),
        ("imagine", {}),
        ("imagine", {"prompt": "x", "seed": 100}),
        ("imagine", {"prompt": "x", "size": "huge"}),
        ("imagine", {"prompt": "x", "colour": "red"}),
        ("imagine", {"prompt": ""}),
        ("admin audit", {}),
    ],
)
async def test_the_app_refuses(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot, name: str, options: dict[str, object]
):
    with pytest.raises(ClientRefusedError):
        await server.run_command(world.ana, world.general, name, **options)


async def test_hidden_commands(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    seen = await server.run_command(world.admin, world.general, "admin audit")
    assert (await seen.settled()).text == "audit"
    with pytest.raises(ClientRefusedError):
        await server.run_command(world.operator, world.general, "admin audit")
    world.allow_command("admin", world.operators)
    seen = await server.run_command(world.operator, world.general, "admin audit")
    assert (await seen.settled()).text == "audit"


async def test_raw_commands_reach_the_bot(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    gone = await server.run_command(world.ana, world.general, "gone sub", raw=True, x=1)
    error = await asyncio.wait_for(bot.errors.get(), 5)
    assert isinstance(error, discord.app_commands.CommandNotFound)
    beyond = await server.run_command(
        world.ana, world.general, "imagine", raw=True, prompt="x", seed=2**53 + 1
    )
    assert str(2**53 + 1) in (await beyond.settled()).text
    assert bot.seen == [gone.id, beyond.id]
