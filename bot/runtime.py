"""Runs the app, the Discord client and the health server together until told to stop.

SIGTERM or SIGINT: no more work is taken, the running call may end within the time set, its result
is told, the gateway is closed with 1000. Called by cli.py.
"""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, cast

import structlog

from bot.acknowledgements import Acknowledgements
from bot.app import App, open_app
from bot.client import ClientOptions, HugOps
from bot.config import Settings
from bot.core.errors import Unavailable
from bot.core.ports import Clock
from bot.http import serve_health
from bot.meters import Meters

log = structlog.stdlib.get_logger(__name__)


async def run(settings: Settings, clock: Clock) -> None:
    """Work until a signal comes. Raises Unavailable, LoginRefused and ForeignGateway."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        meters = Meters()
        app = await stack.enter_async_context(open_app(settings, meters, clock))
        client = await stack.enter_async_context(HugOps(app, _options(settings, meters)))
        await stack.enter_async_context(
            serve_health(
                settings.http_host,
                settings.http_port,
                healthy={"ledger": lambda: _answers(app)},
                ready={"discord": lambda: _connected(client)},
                metrics=lambda: meters.page(app.usage.level),
            )
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(meters.watch_loop())
                await _work(app, client, settings, stop)
                watching.cancel()
        except BaseExceptionGroup as errors:
            raise _first(errors) from errors


async def _work(app: App, client: HugOps, settings: Settings, stop: asyncio.Event) -> None:
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    async with asyncio.TaskGroup() as tasks:
        connected = tasks.create_task(_ended(client.start(token)))
        working = tasks.create_task(app.dispatcher.run())
        stopping = tasks.create_task(stop.wait())
        await asyncio.wait({connected, working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        log.info("Stopping: no more work is taken", action="stop")
        app.dispatcher.drain()
        await asyncio.wait({working}, timeout=settings.shutdown_seconds)
        working.cancel()
        await asyncio.wait({working})
        await client.close()
        connected.cancel()  # it may be waiting to try the login again
        stopping.cancel()
    log.info("Stopped", action="stop")
    if not connected.cancelled() and (error := connected.result()):
        raise error


async def _ended(connection: Coroutine[Any, Any, None]) -> Exception | None:
    """How the connection ended: work that is under way may be finished all the same."""
    try:
        await connection
    except Exception as error:  # noqa: BLE001 - raised again when all work has ended
        return error
    return None


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The failure that ended the work; what others said when they were stopped matters less."""
    first = errors.exceptions[0]
    if isinstance(first, BaseExceptionGroup):
        return _first(cast("BaseExceptionGroup[BaseException]", first))
    return first


def _options(settings: Settings, meters: Meters) -> ClientOptions:
    return ClientOptions(
        api_url=settings.discord_api_url,
        shard_ids=settings.shard_ids or None,
        shard_count=settings.shard_count,
        acknowledgements=Acknowledgements(meters.answered),
    )


async def _answers(app: App) -> bool:
    try:
        await app.notes.read("health")
    except Unavailable:
        return False
    return True


async def _connected(client: HugOps) -> bool:
    return client.is_ready() and not client.is_closed()
