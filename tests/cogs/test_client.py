"""The client against the Discord stand-in: connects, registers once, tells where it is, leaves."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.app import App
from bot.client import ClientOptions, ForeignGateway, HugOps
from bot.clock import SystemClock
from bot.core.access import GuildId, UserId
from bot.sandbox.demo import DemoWorld, demo_world
from bot.sandbox.discord_server import DiscordServer
from bot.services.presence import Presence
from tests.cogs.conftest import fake_app


class FakeNotes:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def read(self, name: str) -> str | None:
        return self.kept.get(name)

    async def write(self, name: str, value: str) -> None:
        self.kept[name] = value


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[DiscordServer]:
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    async with DiscordServer(demo_world()) as made:
        yield made


def app_of(notes: FakeNotes, **parts: Any) -> App:
    return fake_app(
        clock=SystemClock(), notes=notes, presence=Presence(frozenset(), frozenset()), **parts
    )


@asynccontextmanager
async def connected(server: DiscordServer, app: App, **options: Any) -> AsyncGenerator[HugOps]:
    client = HugOps(app, ClientOptions(api_url=server.api_url, guild_ready_timeout=0.1, **options))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(client.start(server.token))
        try:
            await server.ready()
            async with asyncio.timeout(10):
                await client.wait_until_ready()
            yield client
        finally:
            await client.close()
            with suppress(asyncio.CancelledError):
                await running


def registrations(server: DiscordServer) -> list[str]:
    return [
        call["path"]
        for call in server.traffic
        if call["method"] == "PUT" and call["path"].endswith("/commands")
    ]


async def test_it_connects_tells_where_it_is_and_closes_well(server: DiscordServer) -> None:
    world: DemoWorld = server.world  # pyright: ignore[reportAssignmentType] - made by the fixture
    app = app_of(FakeNotes())
    async with connected(server, app) as client:
        typed = {"imagine", "jobs", "status", "quota", "help", "admin"}
        menu = {"Job details", "Reuse prompt", "Delete this image", "Report image"}
        assert client.command_ids.keys() == typed | menu
        joined = frozenset({GuildId(world.guild.id), GuildId(world.other_guild.id)})
        assert app.presence.served().joined == joined
        assert app.presence.owners() == frozenset({UserId(world.owner.id)})
    assert server.gateway.close_codes == [1000]


async def test_commands_are_registered_only_when_they_changed(server: DiscordServer) -> None:
    notes = FakeNotes()
    async with connected(server, app_of(notes)) as first:
        ids = first.command_ids
    async with connected(server, app_of(notes)) as again:
        assert again.command_ids == ids
    assert len(registrations(server)) == 1


async def test_named_servers_get_their_commands_at_once(server: DiscordServer) -> None:
    world: DemoWorld = server.world  # pyright: ignore[reportAssignmentType] - made by the fixture
    app = app_of(FakeNotes(), sync_guilds=frozenset({world.guild.id}))
    async with connected(server, app):
        pass
    assert [f"/guilds/{world.guild.id}/" in path for path in registrations(server)] == [True]


async def test_a_named_shard_finds_the_gateway_of_the_base(server: DiscordServer) -> None:
    async with connected(server, app_of(FakeNotes()), shard_ids=(0,), shard_count=1) as client:
        assert list(client.shards) == [0]


async def test_a_gateway_elsewhere_is_refused(
    server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = HugOps(app_of(FakeNotes()), ClientOptions(api_url=server.api_url))

    async def elsewhere() -> tuple[int, str, dict[str, int]]:
        return 1, "wss://gateway.example", {}

    monkeypatch.setattr(client.http, "get_bot_gateway", elsewhere)
    with pytest.raises(ForeignGateway):
        await client.start(server.token)
    await client.close()
