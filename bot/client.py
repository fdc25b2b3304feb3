"""The Discord client: connects, loads the cogs, syncs commands when they changed, routes presses.

The only file in bot/ that imports discord. Opened by cli.py with the App that app.py built.
"""

import asyncio
import gc
import hashlib
import importlib
import json
import pkgutil
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, cast

import aiohttp
import discord
import structlog
import yarl
from discord import app_commands
from discord.asset import Asset
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.acknowledgements import Acknowledgements
from bot.app import App
from bot.core.access import GuildId, UserId
from bot.core.errors import HugOpsError

DISCORD_API_URL = "https://discord.com/api/v10"
COMMANDS_NOTE = "commands"

_AUTHENTICATION_FAILED = 4004  # the gateway's close code
_LOGIN_WAITS_AT_MOST = 60.0  # seconds
_TOO_MANY_REQUESTS = 429
_THEIR_FAULT = 500

_PRESS = re.compile(r"v1:([a-z]{1,20}):([A-Za-z0-9_-]{1,70})", re.ASCII)

log = structlog.stdlib.get_logger()

PressHandler = Callable[[discord.Interaction, str], Awaitable[None]]
ErrorVoice = Callable[[discord.Interaction, Exception], Awaitable[None]]


class StalePress(HugOpsError):
    """A button or modal that nothing answers: from an older version, or forged."""


class LoginRefused(HugOpsError):
    """Discord does not know the bot's token."""


class ForeignGateway(HugOpsError):
    """A REST base on this machine named a gateway on another one."""


@dataclass(frozen=True, kw_only=True)
class ClientOptions:
    """Where Discord is and which shards this process runs (None: all, as Discord advises)."""

    api_url: str = DISCORD_API_URL
    shard_ids: tuple[int, ...] | None = None
    shard_count: int | None = None
    guild_ready_timeout: float = 0.5
    acknowledgements: Acknowledgements | None = None

    @property
    def own_host(self) -> bool:
        """Whether this is Discord's own address."""
        return self.api_url.rstrip("/") == DISCORD_API_URL


def press_of(custom_id: str) -> tuple[str, str] | None:
    """The verb and the key of a custom id of ours; None when it is not one."""
    found = _PRESS.fullmatch(custom_id)
    return (found[1], found[2]) if found else None


def is_loopback(url: str) -> bool:
    """Whether the host of `url` is this machine."""
    host = yarl.URL(url).host or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class HugOps(commands.AutoShardedBot):
    """The bot as Discord sees it. Cogs read `app` and register their buttons in `presses`."""

    def __init__(self, app: App, options: ClientOptions) -> None:
        # This bot never speaks: no warning at each start that voice libraries are missing.
        voice = cast("Any", discord.VoiceClient)
        voice.warn_nacl = voice.warn_dave = False
        chosen: dict[str, Any] = {}
        if options.shard_count is not None:
            chosen = {"shard_count": options.shard_count}
        if options.shard_ids:
            chosen["shard_ids"] = list(options.shard_ids)
        if options.acknowledgements:
            chosen["http_trace"] = options.acknowledgements.trace
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=False, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            guild_ready_timeout=options.guild_ready_timeout,
            **chosen,
        )
        self.app = app
        self.options = options
        self.presses: dict[str, PressHandler] = {}
        self.voice: ErrorVoice = _log_only
        self.command_ids: dict[str, int] = {}
        if not options.own_host:
            base = yarl.URL(options.api_url)
            Route.BASE = options.api_url.rstrip("/")
            cast("Any", Asset).BASE = str(base.origin())

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        """Connect and stay connected until closed. Raises LoginRefused, ForeignGateway."""
        try:
            await super().start(token, reconnect=reconnect)
        except discord.LoginFailure as error:
            raise LoginRefused from error
        except discord.ConnectionClosed as error:
            if error.code == _AUTHENTICATION_FAILED:
                raise LoginRefused from error
            raise

    async def login(self, token: str) -> None:
        """Log in, patiently: Discord may be out of reach for a while when we start."""
        wait = 1.0
        while not self.is_closed():
            try:
                return await super().login(token)
            except (aiohttp.ClientError, OSError, discord.HTTPException) as error:
                if not _passes(error):
                    raise
                log.warning("Discord is out of reach", action="login", error=type(error).__name__)
            await self.http.close()  # each login opens a session of its own
            self.http.connector = discord.utils.MISSING
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LOGIN_WAITS_AT_MOST)
        return None

    async def setup_hook(self) -> None:
        """Everything that must stand before the first interaction arrives."""
        await self._find_gateway()
        self._tell_owners()
        await self.load_cogs()
        await self._sync_commands()
        gc.freeze()  # what stands now stays: no collection has to walk through it again

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """Every event passes here the moment it was read; interactions are timed from now."""
        if event_name == "interaction" and self.options.acknowledgements:
            interaction: discord.Interaction = args[0]
            self.options.acknowledgements.arrived(interaction.id, interaction.type.name)
        super().dispatch(event_name, *args, **kwargs)

    async def on_message(self, message: discord.Message, /) -> None:
        """There are no text commands."""

    async def on_connect(self) -> None:
        """Discord named our servers, though not yet what is in them; commands come from now on."""
        self._tell_joined()

    async def on_ready(self) -> None:
        """The servers are known."""
        self._tell_joined()
        log.info("Connected to Discord", action="ready", guilds=len(self.guilds))
        if self.app.presence.served().undecided:
            log.warning(
                "I am in several servers and HUGOPS_GUILDS names none: only owners may use me",
                action="ready",
            )

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Invited to a server."""
        self._tell_joined()

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Removed from a server."""
        self._tell_joined()

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server came up."""
        self._tell_joined()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Route button presses and modal submits; commands take the library's own way."""
        pressed = {discord.InteractionType.component, discord.InteractionType.modal_submit}
        if interaction.type not in pressed:
            return
        try:
            await self._press(interaction)
        except Exception as error:  # noqa: BLE001 - the voice logs it and answers
            await self.voice(interaction, error)

    async def _press(self, interaction: discord.Interaction) -> None:
        data = cast("dict[str, Any]", interaction.data or {})
        press = press_of(str(data.get("custom_id", "")))
        handler = self.presses.get(press[0]) if press else None
        if press is None or handler is None:
            raise StalePress
        await handler(interaction, press[1])

    async def _find_gateway(self) -> None:
        """Ask for the gateway ourselves where the library would not, or would dial Discord."""
        if self.options.own_host and self.options.shard_count is None:
            return
        shard_count, url, _ = await self.http.get_bot_gateway()
        if is_loopback(self.options.api_url) and not is_loopback(url):
            raise ForeignGateway(f"{self.options.api_url} names a gateway on another machine")
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
        if self.options.shard_count is None:
            self.shard_count = shard_count

    def _tell_owners(self) -> None:
        application = self.application
        if application is None:
            return
        members = application.team.members if application.team else [application.owner]
        self.app.presence.owned_by(frozenset(UserId(member.id) for member in members))

    def _tell_joined(self) -> None:
        self.app.presence.joined(frozenset(GuildId(guild.id) for guild in self.guilds))

    async def load_cogs(self) -> None:
        """Every module of the package `cogs` whose name has no leading underscore."""
        package = importlib.import_module("cogs")
        for module in pkgutil.iter_modules(package.__path__):
            loaded = f"cogs.{module.name}" in self.extensions
            if not module.name.startswith("_") and not loaded:
                await self.load_extension(f"cogs.{module.name}")

    async def _sync_commands(self) -> None:
        """Register the commands when they differ from what was registered last."""
        fingerprint = self._fingerprint()
        note = await self.app.notes.read(COMMANDS_NOTE)
        known: dict[str, Any] = json.loads(note) if note else {}
        if known.get("hash") == fingerprint:
            self.command_ids = known["ids"]
            return
        try:
            self.command_ids = await self._register()
        except discord.HTTPException as error:
            log.warning("Discord did not take the commands", action="sync", reason=str(error))
            return
        written = {"hash": fingerprint, "ids": self.command_ids}
        await self.app.notes.write(COMMANDS_NOTE, json.dumps(written))
        log.info("Commands registered", action="sync", commands=len(self.command_ids))

    def _fingerprint(self) -> str:
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        everything = [self.application_id, sorted(self.app.sync_guilds), payload]
        return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()

    async def _register(self) -> dict[str, int]:
        ids: dict[str, int] = {}
        for guild_id in sorted(self.app.sync_guilds):
            guild = discord.Object(guild_id)
            self.tree.copy_global_to(guild=guild)
            ids |= {command.name: command.id for command in await self.tree.sync(guild=guild)}
        if not self.app.sync_guilds:
            ids = {command.name: command.id for command in await self.tree.sync()}
        return ids


def _passes(error: Exception) -> bool:
    """Whether a login that failed this way may succeed later; a ban for a while does too."""
    if not isinstance(error, discord.HTTPException):
        return True
    return error.status == _TOO_MANY_REQUESTS or error.status >= _THEIR_FAULT


async def _log_only(interaction: discord.Interaction, error: Exception) -> None:
    log.error("No voice for an error", action="press", exc_info=error)
