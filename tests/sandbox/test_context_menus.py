"""The "Apps" of a message and of a person, against the real discord.py."""

import asyncio

import aiohttp
import discord
import pytest

from bot.sandbox.command_forms import ClientRefusedError
from bot.sandbox.demo import DemoWorld
from bot.sandbox.discord_command_rules import check_commands
from bot.sandbox.discord_errors import ApiError
from bot.sandbox.discord_server import DiscordServer
from bot.sandbox.messages import MessageKind
from tests.sandbox.discord_bot import ProbeBot


async def test_a_message_command_gets_the_message(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    said = await server.say(world.bo, world.general, "a red fox")
    used = await server.run_menu(world.ana, world.general, "Read aloud", said)
    reply = await used.settled()
    assert (reply.content, reply.visible_to) == ("bo: a red fox", world.ana)
    assert (reply.kind, reply.command) == (MessageKind.CONTEXT_MENU_COMMAND, "Read aloud")
    assert reply.origin is not None
    assert reply.origin["target_message_id"] == str(said.id)
    data = used.payload["data"]
    assert (data["type"], data["target_id"]) == (3, str(said.id))
    assert data["resolved"]["messages"][str(said.id)]["content"] == "a red fox"
    assert "options" not in data


async def test_a_user_command_gets_the_member(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    used = await server.run_menu(world.ana, world.general, "Read Roles", world.operator)
    assert (await used.settled()).content == f"oskar: {[str(world.operators.id)]}"
    data = used.payload["data"]
    assert (data["type"], data["target_id"]) == (2, str(world.operator.id))
    assert set(data["resolved"]) == {"users", "members"}
    assert used.original is not None
    assert used.original.origin is not None
    assert used.original.origin["target_user"]["username"] == "oskar"


async def test_apps_hide_what_is_not_for_this_person_or_target(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    said = await server.say(world.bo, world.general, "hello")
    elsewhere = await server.say(world.ana, world.random, "hello")
    private = await (
        await server.run_command(world.bo, world.general, "ping", private=True)
    ).settled()
    for name, target in (
        ("Strike out", said),
        ("Unheard of", said),
        ("Read Roles", said),
        ("Read aloud", elsewhere),
        ("Read aloud", private),
        ("Read Roles", world.add_user("zoe")),
    ):
        with pytest.raises(ClientRefusedError):
            await server.run_menu(world.ana, world.general, name, target)
    struck = await server.run_menu(world.admin, world.general, "Strike out", said)
    assert (await struck.settled()).content == f"struck {said.id}"


async def test_a_forged_pick_arrives(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    said = await server.say(world.bo, world.general, "hello")
    struck = await server.run_menu(world.ana, world.general, "Strike out", said, raw=True)
    assert (await struck.settled()).content == f"struck {said.id}"
    await server.run_menu(world.ana, world.general, "Gone by now", said, raw=True)
    error = await asyncio.wait_for(bot.errors.get(), 5)
    assert isinstance(error, discord.app_commands.CommandNotFound)


async def test_in_a_direct_message(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    direct = await server.run_command(world.bo, None, "ping", dm=True)
    used = await server.run_menu(world.bo, None, "Read aloud", await direct.settled())
    assert (await used.settled()).content == "hugops: pong <@1>"


async def test_the_page_picks_from_apps(server: DiscordServer, world: DemoWorld, bot: ProbeBot):
    said = await server.say(world.bo, world.general, "hello")
    place = {"user": str(world.ana.id), "channel": str(world.general.id)}
    picks = [
        ({"name": "Read aloud", "message": str(said.id)}, 200),
        ({"name": "Read Roles", "person": str(world.bo.id)}, 200),
        ({"name": "Strike out", "message": str(said.id)}, 400),
        ({"name": "Read aloud", "message": "7"}, 404),
        ({"name": "Read aloud"}, 400),
    ]
    async with aiohttp.ClientSession(server.base_url) as browser:
        for pick, status in picks:
            async with browser.post("/client/menu", json=place | pick) as got:
                assert (pick, got.status) == (pick, status)
    await server.until(lambda: len(server.messages(world.general, world.ana)) == 3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": 3, "name": "x" * 33},
        {"type": 3, "name": " "},
        {"type": 2, "name": "Look", "description": "at it"},
        {"type": 2, "name": "Look", "options": [{"type": 3, "name": "a", "description": "b"}]},
        {"type": 9, "name": "Look"},
    ],
)
def test_registration_refuses(wrong: dict[str, object]):
    with pytest.raises(ApiError):
        check_commands([wrong])


def test_registration_takes_fifteen_of_a_kind():
    check_commands([{"type": 3, "name": f"Menu {number}"} for number in range(15)])
    with pytest.raises(ApiError):
        check_commands([{"type": 3, "name": f"Menu {number}"} for number in range(16)])
