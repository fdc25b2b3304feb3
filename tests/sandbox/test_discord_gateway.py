"""Connections that break, come back or are refused."""

import asyncio

import discord
import pytest

from bot.sandbox.demo import DemoWorld
from bot.sandbox.discord_server import DiscordServer
from tests.sandbox.discord_bot import ProbeBot, running


async def test_a_dropped_connection_resumes_and_misses_nothing(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    server.gateway.abort()
    await server.until(lambda: not server.gateway.ready)
    used = await server.run_command(world.ana, world.general, "ping")
    assert (await used.settled()).content
    assert len(server.gateway.resumed) == 1
    assert len(server.gateway.identified) == 1


@pytest.mark.parametrize("how", ["reconnect", "close", "invalid"])
async def test_discord_asks_to_come_back(server: DiscordServer, bot: ProbeBot, how: str):
    if how == "reconnect":
        server.gateway.ask_to_reconnect()
    elif how == "close":
        server.gateway.disconnect(4000)
    else:
        server.gateway.invalidate(resumable=True)
    await server.until(lambda: server.gateway.resumed, within=20)
    await server.ready()


async def test_a_lost_session_identifies_again(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    async def at_once(*_args: object, **_kwargs: object) -> None:
        await asyncio.sleep(0)

    bot.before_identify_hook = at_once
    server.gateway.invalidate(resumable=False)
    await server.until(lambda: len(server.gateway.identified) > 1, within=15)
    await server.ready()
    used = await server.run_command(world.ana, world.general, "ping")
    assert (await used.settled()).content


async def test_a_clean_goodbye_ends_the_session(server: DiscordServer):
    bot = ProbeBot()
    async with running(bot, server):
        pass
    await server.until(lambda: server.gateway.close_codes == [1000])
    assert server.gateway.sessions == {}


async def test_privileged_intents_are_refused(server: DiscordServer):
    bot = discord.AutoShardedClient(intents=discord.Intents(guilds=True, members=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(bot, server):
            pass


async def test_a_wrong_token_closes_with_4004(server: DiscordServer):
    server.gateway.token = "another"  # noqa: S105
    bot = ProbeBot()
    with pytest.raises(discord.ConnectionClosed) as closed:
        async with running(bot, server):
            pass
    assert closed.value.code == 4004
    assert server.gateway.close_codes == [4004]


async def test_shards_get_their_own_guilds(server: DiscordServer, world: DemoWorld):
    server.gateway.shards = 2
    bot = ProbeBot()

    async def at_once(*_args: object, **_kwargs: object) -> None:
        await asyncio.sleep(0)

    bot.before_identify_hook = at_once
    async with running(bot, server):
        await server.until(lambda: len(server.gateway.sessions) == 2, within=15)
        used = await server.run_command(world.ana, world.general, "ping")
        await used.settled()
        assert bot.seen == [used.id]
        direct = await server.run_command(world.ana, None, "ping", dm=True)
        await direct.settled()


async def test_the_servers_and_their_rights_are_known(
    server: DiscordServer, world: DemoWorld, bot: ProbeBot
):
    assert bot.guilds
    assert {guild.name for guild in bot.guilds} == {"Sandbox", "Second"}
    guild = bot.get_guild(world.guild.id)
    assert guild is not None
    assert guild.me is not None
    assert not guild.get_channel(world.rules.id).permissions_for(guild.me).send_messages
