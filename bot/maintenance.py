"""What the command line opens without the whole bot: the doctor, the books, the schema.

All of it runs beside a live bot. Called by cli.py; app.py has its doctor from here.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache

import httpx

from bot.clock import SystemClock
from bot.config import Settings
from bot.core.ports import Logins, Media, Soundness
from bot.hub.account import HubAccounts
from bot.hub.catalogue import HubCatalogue
from bot.hub.client import open_client
from bot.ledger.database import Database, file_of
from bot.ledger.disk import FolderDisk
from bot.ledger.media import folder_of, open_media
from bot.ledger.people import SqlBooks
from bot.ledger.soundness import SqlSoundness
from bot.login import DiscordLogins
from bot.owner import fingerprint, secret_of
from bot.services.doctor import Doctor, Instruments


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
        yield make_doctor(settings, client, ledger, lambda: open_media(settings.media_url), logins)


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


def make_doctor(
    settings: Settings,
    client: httpx.AsyncClient,
    ledger: Callable[[], Soundness],
    media: Callable[[], Media],
    logins: Logins | None = None,
) -> Doctor:
    """A doctor with what it looks through; `logins` None: the bot itself is connected."""
    token, hub = secret_of(settings), settings.hf_endpoint
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
