"""The Discord stand-in as one server on loopback: REST, gateway, attachments and the page.

Started by the sandbox's launcher and by tests, which also act as people through its methods.
"""

from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.sandbox.control_routes import ControlRoutes
from bot.sandbox.discord_bodies import READ_LIMIT
from bot.sandbox.discord_channels import ChannelRoutes
from bot.sandbox.discord_client import People
from bot.sandbox.discord_connection import Connection
from bot.sandbox.discord_errors import ApiError, Problem
from bot.sandbox.discord_exchange import PREFIX, Call, Exchanges
from bot.sandbox.discord_faults import TROUBLES, refusal
from bot.sandbox.discord_gateway import Gateway
from bot.sandbox.discord_interactions import InteractionRoutes
from bot.sandbox.discord_page import PageRoutes
from bot.sandbox.discord_payloads import channel_json
from bot.sandbox.discord_realm import Realm
from bot.sandbox.discord_rest import RestRoutes
from bot.sandbox.discord_traffic import Fault, Faults
from bot.sandbox.interactions import Interaction
from bot.sandbox.json_shapes import Json
from bot.sandbox.permissions import NOTHING, Permission
from bot.sandbox.world import Channel, Role, User, World

HOST = "127.0.0.1"
_CLOSING_S = 0.5
DEMO_TOKEN = "sandbox.demo.token-that-opens-nothing"  # noqa: S105 - opens only this stand-in


class DiscordServer(People):
    """`async with DiscordServer(demo_world()) as server: ...`"""

    def __init__(
        self,
        world: World,
        *,
        token: str = DEMO_TOKEN,
        port: int = 0,
        record: Path | None = None,
    ) -> None:
        super().__init__(Realm(world, token, record))
        self._port = port
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    @property
    def token(self) -> str:
        return self.realm.token

    @property
    def api_url(self) -> str:
        return self.base_url + PREFIX

    @property
    def gateway_url(self) -> str:
        return self.realm.gateway.url

    @property
    def gateway(self) -> Gateway:
        return self.realm.gateway

    @property
    def faults(self) -> Faults:
        return self.realm.faults

    def fail(self, name: str, calls: str = "any", times: int = 1) -> Fault:
        """The next `times` calls of a kind end in the fault `name`. Raises ValueError."""
        return self.realm.faults.add(refusal(name, calls, times))

    def trouble(self, name: str) -> None:
        """The gateway does what `name` says, at once. Raises KeyError."""
        TROUBLES[name].do(self.gateway)

    @property
    def traffic(self) -> list[Json]:
        """Every REST exchange so far, as the checker of recorded traffic reads it."""
        return self.realm.traffic.exchanges

    @property
    def file_limit(self) -> int:
        """Bytes per file; lower it to see what the bot does with a picture that is too large."""
        return self.realm.file_limit

    @file_limit.setter
    def file_limit(self, limit: int) -> None:
        self.realm.file_limit = limit

    @property
    def interactions(self) -> list[Interaction]:
        return list(self.realm.interactions.values())

    def set_overwrite(
        self,
        channel: Channel,
        target: User | Role,
        *,
        allow: Permission = NOTHING,
        deny: Permission = NOTHING,
    ) -> None:
        """Change who may do what in a channel, and tell the bot."""
        channel.overwrite(target, allow=allow, deny=deny)
        guild_id = None if channel.guild is None else channel.guild.id
        self.gateway.dispatch("CHANNEL_UPDATE", channel_json(channel), guild_id=guild_id)

    def remove_channel(self, channel: Channel) -> None:
        """Somebody deletes a channel, and the bot is told."""
        self.world.remove_channel(channel)
        guild_id = None if channel.guild is None else channel.guild.id
        self.gateway.dispatch("CHANNEL_DELETE", channel_json(channel), guild_id=guild_id)

    async def start(self) -> None:
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=_CLOSING_S)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._port = port
        self.base_url = f"http://{host}:{port}"
        self.realm.messages.base_url = self.base_url
        self.gateway.url = f"ws://{host}:{port}/gateway"

    async def close(self) -> None:
        """End event streams and connections, then stop listening."""
        self.realm.changes.close()
        self.gateway.disconnect()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=READ_LIMIT)
        exchanges = Exchanges(self.realm, app)
        RestRoutes(self.realm).register(exchanges)
        ChannelRoutes(self.realm).register(exchanges)
        InteractionRoutes(self.realm).register(exchanges)
        exchanges.add("*", "/{unknown:.*}", _unknown)
        app.router.add_get("/gateway", self._gateway)
        app.router.add_get("/gateway/", self._gateway)
        ControlRoutes(self.realm).register(app)
        PageRoutes(self).register(app)
        return app

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        return await Connection(self.gateway, request).serve()


async def _unknown(_call: Call) -> web.Response:
    raise ApiError(Problem.NOT_FOUND)
