"""Where a new server is greeted, with what words, and how often."""

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord

from bot.client import HugOps
from bot.core.access import GuildId
from bot.services.presence import Presence
from cogs.welcome import Welcome
from tests.cogs.conftest import fake_app
from tests.cogs.test_client import FakeNotes
from tests.fakes import FakeClock

HERE = 100
EVERYTHING = discord.Permissions(274878024704)
SILENT = discord.Permissions(view_channel=True)
NO_CARDS = discord.Permissions(view_channel=True, send_messages=True)


class FakeChannel:
    def __init__(self, granted: discord.Permissions, *, fails: bool = False) -> None:
        self.guild = SimpleNamespace(me="me")
        self.sent: list[str] = []
        self._granted = granted
        self._fails = fails

    def permissions_for(self, who: object) -> discord.Permissions:
        assert who == "me"
        return self._granted

    async def send(self, content: str = "", *, embed: discord.Embed | None = None) -> None:
        if self._fails:
            raise aiohttp.ClientError
        self.sent.append(f"{embed.title}\n{embed.description}" if embed else content)


class Town:
    """A bot that is in one server after the other."""

    def __init__(self, named: int = HERE) -> None:
        self.clock = FakeClock()
        presence = Presence(frozenset({GuildId(named)}), frozenset())
        app = fake_app(clock=self.clock, notes=FakeNotes(), presence=presence)
        client = SimpleNamespace(app=app, command_ids={"imagine": 7, "admin": 8, "help": 9})
        self.cog = Welcome(cast("HugOps", client))

    async def join(
        self, *channels: FakeChannel, system: FakeChannel | None = None, guild_id: int = HERE
    ) -> Sequence[str]:
        guild: Any = SimpleNamespace(id=guild_id, system_channel=system, text_channels=channels)
        await self.cog.on_guild_join(guild)
        everywhere = [*channels, *([system] if system else [])]
        return [text for channel in everywhere for text in channel.sent]


async def test_the_system_channel_comes_first() -> None:
    first, system = FakeChannel(EVERYTHING), FakeChannel(EVERYTHING)
    (said,) = await Town().join(first, system=system)
    assert system.sent == [said]
    for mention in ("</imagine:7>", "</admin doctor:8>", "</admin limits show:8>", "</help:9>"):
        assert mention in said


async def test_then_the_first_where_the_bot_may_write() -> None:
    silent, second = FakeChannel(SILENT), FakeChannel(NO_CARDS)
    (said,) = await Town().join(silent, second, system=FakeChannel(SILENT))
    assert second.sent == [said]
    assert said.startswith("**Hello")


async def test_nowhere_to_write_is_no_greeting_and_leaves_the_next_one_free() -> None:
    town = Town()
    assert await town.join(FakeChannel(SILENT)) == []
    assert len(await town.join(FakeChannel(EVERYTHING))) == 1


async def test_a_second_join_within_thirty_days_is_silent() -> None:
    town = Town()
    assert len(await town.join(FakeChannel(EVERYTHING))) == 1
    town.clock.move(timedelta(days=29))
    assert await town.join(FakeChannel(EVERYTHING)) == []
    assert len(await town.join(FakeChannel(EVERYTHING), guild_id=HERE + 1)) == 1
    town.clock.move(timedelta(days=2))
    assert len(await town.join(FakeChannel(EVERYTHING))) == 1


async def test_a_server_that_is_not_served_learns_what_is_missing() -> None:
    (said,) = await Town(named=HERE + 1).join(FakeChannel(EVERYTHING))
    assert "HUGOPS_GUILDS" in said


async def test_a_line_that_breaks_costs_the_greeting_and_nothing_else() -> None:
    assert await Town().join(FakeChannel(EVERYTHING, fails=True)) == []
