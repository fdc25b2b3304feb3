"""The composition root: Settings in, App out, opened and closed by one `async with`.

The only place that chooses implementations. Called by cli.py, runtime.py and tests.
"""

import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from uuid import uuid4

import httpx
import structlog

from bot.card_parts import CardParts, card_parts
from bot.clock import SystemClock
from bot.config import Settings
from bot.core.access import GuildId, UserId
from bot.core.accounts import Account
from bot.core.jobs import JobKey
from bot.core.ports import (
    Books,
    Clock,
    Logins,
    Media,
    Notes,
    Outbox,
    Painter,
    Servers,
    Soundness,
)
from bot.hub.account import HubAccounts
from bot.hub.catalogue import HubCatalogue
from bot.hub.client import open_client
from bot.hub.inference import HubPainter
from bot.identity import ask_account, fingerprint, lane_of, route, secret
from bot.ledger.database import Database, file_of
from bot.ledger.desk import Desk
from bot.ledger.disk import FolderDisk
from bot.ledger.lanes import SqlLane
from bot.ledger.media import folder_of, open_media
from bot.ledger.notes import SqlNotes
from bot.ledger.outbox import SqlOutbox
from bot.ledger.people import SqlBooks, SqlGrants
from bot.ledger.queue import SqlQueue
from bot.ledger.servers import SqlServers
from bot.ledger.soundness import SqlSoundness
from bot.ledger.timeline import Timeline
from bot.login import DiscordLogins
from bot.meters import MeteredPainter, Meters
from bot.services.alerts import Alerts
from bot.services.blocking import Blocking
from bot.services.changes import Changes
from bot.services.confirmations import Confirmations
from bot.services.dispatcher import Dispatcher, Shift
from bot.services.doctor import Doctor, Instruments
from bot.services.generation import Draws, Generation
from bot.services.permissions import Permissions
from bot.services.presence import Presence
from bot.services.queue_control import QueueControl
from bot.services.rules import Rules
from bot.services.trial import Trial
from bot.services.tuning import Tuning
from bot.services.usage import Usage

SEED_MAX = 2**32
_KEY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that reads like something else
_KEY_LENGTH = 8

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class App:
    """Everything a command may need, ready to use."""

    started_at: datetime
    account: Account | None  # None: Hugging Face could not be asked at start
    clock: Clock
    generation: Generation
    usage: Usage
    permissions: Permissions
    tuning: Tuning
    queue_control: QueueControl
    blocking: Blocking
    rules: Rules
    alerts: Alerts
    outbox: Outbox
    books: Books
    servers: Servers
    changes: Changes
    notes: Notes
    presence: Presence
    dispatcher: Dispatcher
    doctor: Doctor
    card: CardParts
    trial: Trial
    sync_guilds: frozenset[int]
    default_model: str


@asynccontextmanager
async def open_app(settings: Settings, meters: Meters, clock: Clock) -> AsyncGenerator[App]:
    """Everything behind the commands, ready to use. Raises Unavailable."""
    async with AsyncExitStack() as stack:
        database = await _open_ledger(settings, meters, stack)
        timeline = Timeline(clock)
        await database.write(timeline.anchor)
        client = await stack.enter_async_context(open_client(settings.upstream_timeout))
        account = await ask_account(client, settings)
        lane_id = await lane_of(database, settings, account)
        lease = timedelta(seconds=settings.lease_seconds)
        desk = Desk(lane_id=lane_id, lease=lease, timeline=timeline)
        painter = HubPainter(client, route(settings), settings.upstream_timeout)
        metered = MeteredPainter(painter, meters.called)
        app = _assemble(settings, database, desk, client, metered, clock)
        yield replace(app, account=account)


@asynccontextmanager
async def open_doctor(settings: Settings) -> AsyncGenerator[Doctor]:
    """The checks alone, beside a bot that may be running; what is broken is found by looking."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(open_client(settings.upstream_timeout))

        @cache  # one connection pool for all looks; a failure is not kept
        def ledger() -> Soundness:
            database = Database.at(settings.database_url)
            stack.push_async_callback(database.close)
            return SqlSoundness(database, clock, fingerprint(settings))

        token = settings.discord_token.get_secret_value() if settings.discord_token else ""
        logins = DiscordLogins(client, settings.discord_api_url, token)
        yield _doctor(settings, client, ledger, lambda: open_media(settings.media_url), logins)


@asynccontextmanager
async def open_books(settings: Settings) -> AsyncGenerator[SqlBooks]:
    """The books alone, as they lie there, beside a bot that may be running. Raises Unavailable."""
    database = Database.existing(settings.database_url)
    try:
        yield SqlBooks(database)
    finally:
        await database.close()


async def upgrade_ledger(settings: Settings) -> None:
    """Bring the ledger's schema to this version's. Raises Unavailable."""
    database = Database.at(settings.database_url)
    try:
        await database.upgrade()
    finally:
        await database.close()


async def _open_ledger(settings: Settings, meters: Meters, stack: AsyncExitStack) -> Database:
    database = Database.at(settings.database_url, meters.transacted)
    stack.push_async_callback(database.close)
    database.lock()
    await database.upgrade()
    return database


def _assemble(
    settings: Settings,
    database: Database,
    desk: Desk,
    client: httpx.AsyncClient,
    painter: Painter,
    clock: Clock,
) -> App:
    media = open_media(settings.media_url)
    queue, books, changes = SqlQueue(database, desk), SqlBooks(database), Changes()
    presence, servers, notes = _presence(settings), SqlServers(database), SqlNotes(database)
    permissions = Permissions(SqlGrants(database), servers, clock, presence)
    dispatcher = Dispatcher(queue, painter, media, clock, changes, _shift(desk))
    generation = _generation(settings, queue, media, permissions, changes, dispatcher)
    return App(
        started_at=clock.now(),
        account=None,
        clock=clock,
        generation=generation,
        usage=Usage(queue, books, permissions, clock, settings.image_model),
        permissions=permissions,
        tuning=Tuning(_lane(database, desk), queue, permissions, clock, dispatcher.wake),
        queue_control=_queue_control(servers, queue, permissions, clock, dispatcher),
        blocking=Blocking(servers, queue, permissions, clock, dispatcher.stir),
        rules=Rules(servers, permissions, clock),
        alerts=Alerts(servers, notes, permissions, clock, presence.served),
        outbox=SqlOutbox(database, desk),
        books=books,
        servers=servers,
        changes=changes,
        notes=notes,
        presence=presence,
        dispatcher=dispatcher,
        doctor=_doctor(settings, client, _soundness(settings, database, clock), lambda: media),
        card=card_parts(settings, database, desk, queue, permissions),
        trial=Trial(generation, queue, permissions, clock),
        sync_guilds=frozenset(settings.sync_guilds),
        default_model=settings.image_model,
    )


def _queue_control(
    servers: SqlServers,
    queue: SqlQueue,
    permissions: Permissions,
    clock: Clock,
    dispatcher: Dispatcher,
) -> QueueControl:
    confirmations = Confirmations[str](clock, _fresh_key)
    return QueueControl(servers, queue, permissions, clock, confirmations, dispatcher.stir)


def _lane(database: Database, desk: Desk) -> SqlLane:
    return SqlLane(database, desk.lane_id, desk.timeline)


def _shift(desk: Desk) -> Shift:
    return Shift(owner=uuid4().hex, lease=desk.lease)


def _soundness(settings: Settings, database: Database, clock: Clock) -> Callable[[], Soundness]:
    soundness = SqlSoundness(database, clock, fingerprint(settings))
    return lambda: soundness


def _doctor(
    settings: Settings,
    client: httpx.AsyncClient,
    ledger: Callable[[], Soundness],
    media: Callable[[], Media],
    logins: Logins | None = None,
) -> Doctor:
    token, hub = secret(settings), settings.hf_endpoint
    places = {"ledger": file_of(settings.database_url), "pictures": folder_of(settings.media_url)}
    instruments = Instruments(
        logins=logins,
        accounts=HubAccounts(client, hub, token) if token else None,
        catalogue=HubCatalogue(client, hub, token),
        ledger=ledger,
        media=media,
        disk=FolderDisk({what: path for what, path in places.items() if path}),
        clock=SystemClock(),  # the machine's own is what is looked at
    )
    return Doctor(instruments, None if settings.backend_url else settings.image_model)


def _presence(settings: Settings) -> Presence:
    return Presence(
        frozenset(GuildId(guild) for guild in settings.guilds),
        frozenset(UserId(owner) for owner in settings.owner_ids),
    )


def _generation(
    settings: Settings,
    queue: SqlQueue,
    media: Media,
    permissions: Permissions,
    changes: Changes,
    dispatcher: Dispatcher,
) -> Generation:
    draws = Draws(key=_fresh_key, seed=_fresh_seed, model=settings.image_model)
    return Generation(queue, media, permissions, changes, draws, dispatcher.wake)


def _fresh_key() -> JobKey:
    return JobKey("".join(secrets.choice(_KEY_ALPHABET) for _ in range(_KEY_LENGTH)))


def _fresh_seed() -> int:
    return secrets.randbelow(SEED_MAX)
