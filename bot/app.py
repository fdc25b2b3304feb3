"""The composition root: Settings in, App out, opened and closed by one `async with`.

The only place that chooses implementations. Called by cli.py, runtime.py and tests.
"""

import secrets
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import structlog

from bot.card_parts import CardParts, card_parts
from bot.config import Settings
from bot.core.access import GuildId, UserId
from bot.core.accounts import Account
from bot.core.jobs import JobKey
from bot.core.ports import Books, Clock, Media, Notes, Outbox, Painter, Servers
from bot.hub.client import open_client
from bot.hub.inference import HubPainter, Route
from bot.ledger.database import Database
from bot.ledger.desk import Desk
from bot.ledger.lanes import SqlLane
from bot.ledger.media import open_media
from bot.ledger.notes import SqlNotes
from bot.ledger.outbox import SqlOutbox
from bot.ledger.people import SqlBooks, SqlGrants
from bot.ledger.queue import SqlQueue
from bot.ledger.reports import SqlReports
from bot.ledger.servers import SqlServers
from bot.ledger.soundness import SqlSoundness
from bot.ledger.timeline import Timeline
from bot.ledger.watchers import SqlWatchers
from bot.maintenance import make_doctor
from bot.meters import MeteredPainter, Meters
from bot.owner import ask_account, find_lane, fingerprint, secret_of
from bot.services.alerts import Alerts
from bot.services.blocking import Blocking
from bot.services.changes import Changes
from bot.services.confirmations import Confirmations
from bot.services.dispatcher import Dispatcher, Shift
from bot.services.doctor import Doctor
from bot.services.generation import Draws, Generation
from bot.services.permissions import Permissions
from bot.services.presence import Presence
from bot.services.queue_control import QueueControl
from bot.services.reporting import Reporting
from bot.services.rules import Rules
from bot.services.trial import Trial
from bot.services.tuning import Tuning
from bot.services.usage import Usage
from bot.services.watching import Watching

SEED_MAX = 2**32
_KEY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that reads like something else
_KEY_LENGTH = 8

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class App:
    """Everything a command may need, ready to use."""

    started_at: datetime
    clock: Clock
    generation: Generation
    usage: Usage
    permissions: Permissions
    tuning: Tuning
    queue_control: QueueControl
    blocking: Blocking
    rules: Rules
    alerts: Alerts
    reporting: Reporting
    outbox: Outbox
    books: Books
    servers: Servers
    changes: Changes
    notes: Notes
    presence: Presence
    dispatcher: Dispatcher
    doctor: Doctor
    trial: Trial
    card: CardParts
    sync_guilds: frozenset[int]
    default_model: str
    account: Account | None = None  # None: Hugging Face could not be asked at start


@asynccontextmanager
async def open_app(settings: Settings, meters: Meters, clock: Clock) -> AsyncGenerator[App]:
    """Everything behind the commands, ready to use. Raises Unavailable."""
    async with AsyncExitStack() as stack:
        database = await _open_ledger(settings, meters, stack)
        timeline = Timeline(clock)
        await database.write(timeline.anchor)
        client = await stack.enter_async_context(open_client(settings.upstream_timeout))
        account = await ask_account(client, settings)
        lane_id = await find_lane(database, settings, account)
        lease = timedelta(seconds=settings.lease_seconds)
        desk = Desk(lane_id=lane_id, lease=lease, timeline=timeline)
        painter = HubPainter(client, _route(settings), settings.upstream_timeout)
        metered = MeteredPainter(painter, meters.called)
        doctor = _doctor(settings, client, database, clock)
        app = _assemble(settings, database, desk, doctor, metered, clock)
        yield replace(app, account=account)


async def _open_ledger(settings: Settings, meters: Meters, stack: AsyncExitStack) -> Database:
    database = Database.at(settings.database_url, meters.transacted)
    stack.push_async_callback(database.close)
    database.lock()
    await database.upgrade()
    return database


def _route(settings: Settings) -> Route:
    return Route(
        router_url=settings.hf_router_url,
        backend_url=settings.backend_url,
        token=secret_of(settings),
    )


def _assemble(
    settings: Settings, ledger: Database, desk: Desk, doctor: Doctor, painter: Painter, clock: Clock
) -> App:
    media, shift = open_media(settings.media_url), Shift(owner=uuid4().hex, lease=desk.lease)
    queue, books, changes = SqlQueue(ledger, desk), SqlBooks(ledger), Changes()
    presence, servers, notes = _presence(settings), SqlServers(ledger), SqlNotes(ledger)
    permissions = Permissions(SqlGrants(ledger), servers, clock, presence)
    dispatcher = Dispatcher(queue, painter, media, clock, changes, shift)
    generation = _generation(settings, queue, media, permissions, changes, dispatcher)
    confirmations, stir = Confirmations[str](clock, _fresh_key), dispatcher.stir
    note, reports = changes.note, SqlReports(ledger, desk)
    watching = Watching(SqlWatchers(ledger, desk), generation, note)
    return App(
        started_at=clock.now(),
        clock=clock,
        generation=generation,
        usage=Usage(queue, books, permissions, clock, settings.image_model),
        permissions=permissions,
        tuning=Tuning(SqlLane(ledger, desk), queue, permissions, clock, dispatcher.wake),
        queue_control=QueueControl(servers, queue, permissions, clock, confirmations, stir),
        blocking=Blocking(servers, queue, permissions, clock, stir),
        rules=Rules(servers, permissions, clock),
        alerts=Alerts(servers, notes, permissions, clock, presence.served),
        reporting=Reporting(reports, generation, permissions, clock, presence.served, note),
        outbox=SqlOutbox(ledger, desk),
        books=books,
        servers=servers,
        changes=changes,
        notes=notes,
        presence=presence,
        dispatcher=dispatcher,
        doctor=doctor,
        card=card_parts(settings, ledger, desk, queue, permissions, watching),
        trial=Trial(generation, queue, permissions, clock),
        sync_guilds=frozenset(settings.sync_guilds),
        default_model=settings.image_model,
    )


def _doctor(
    settings: Settings, client: httpx.AsyncClient, database: Database, clock: Clock
) -> Doctor:
    soundness = SqlSoundness(database, clock, fingerprint(settings))
    return make_doctor(settings, client, lambda: soundness, lambda: open_media(settings.media_url))


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
