"""The invite link in the log, and the one greeting of a new server."""

import re

from bot.sandbox.discord_payloads import guild_json
from bot.sandbox.messages import Message
from bot.sandbox.permissions import BOT_INVITE, Permission
from bot.sandbox.world import Guild
from tests.e2e.conftest import Stage
from tests.e2e.scenes import eventually, told


async def test_the_invite_link_is_logged_once(stage: Stage) -> None:
    await stage.open()
    link = rf"client_id={stage.world.application_id}&scope=bot\+applications\.commands"
    await eventually(lambda: re.search(link, stage.bot.log))
    assert "permissions=274878024704" in stage.bot.log
    stage.discord.gateway.invalidate(resumable=False)
    await eventually(lambda: stage.bot.log.count("Connected to Discord") == 2)
    assert len(re.findall(link, stage.bot.log)) == 1
    assert _greetings(stage) == []


async def test_a_new_server_is_greeted_once(stage: Stage) -> None:
    await _open(stage)
    guild = _new_server(stage)
    _invite(stage, guild)
    await stage.discord.until(lambda: _greetings(stage), 30)
    (greeting,) = _greetings(stage)
    assert greeting.channel.name == "talk"
    for name in ("imagine", "admin doctor", "help"):
        assert re.search(rf"</{name}:\d+>", greeting.text)

    stage.discord.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild_id=guild.id)
    _invite(stage, guild)
    await told(stage, stage.world.admin, "status")
    assert len(_greetings(stage)) == 1


async def test_where_the_bot_may_write_nowhere_it_says_nothing(stage: Stage) -> None:
    await _open(stage)
    guild = _new_server(stage)
    for channel in guild.channels.values():
        channel.overwrite(stage.world.bot, deny=Permission.SEND_MESSAGES)
    _invite(stage, guild)
    await told(stage, stage.world.admin, "status")
    assert _greetings(stage) == []


async def _open(stage: Stage) -> None:
    """What arrives while the bot still counts its servers is none that it was invited to."""
    await stage.open()
    await eventually(lambda: "Connected to Discord" in stage.bot.log)


def _new_server(stage: Stage) -> Guild:
    world = stage.world
    guild = world.add_guild("Third", world.owner)
    world.join(guild, world.bot, world.add_role(guild, "HugOps", BOT_INVITE))
    silent = world.add_channel(guild, "rules")
    silent.overwrite(world.bot, deny=Permission.SEND_MESSAGES)
    world.add_channel(guild, "talk")
    return guild


def _invite(stage: Stage, guild: Guild) -> None:
    """A server that was joined comes without the word on outages that a returning one has."""
    created = guild_json(guild, stage.world.bot)
    del created["unavailable"]
    stage.discord.gateway.dispatch("GUILD_CREATE", created, guild_id=guild.id)


def _greetings(stage: Stage) -> list[Message]:
    said = stage.world.messages.values()
    return [
        m for m in said if m.author is stage.world.bot and "I make pictures from words" in m.text
    ]
