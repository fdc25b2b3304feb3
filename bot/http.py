"""/healthz, /readyz and /metrics for whoever watches the process. Opened by runtime.py.

Healthy: the loop turns and the ledger answers. Ready: Discord is connected as well.
"""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.core.errors import Unavailable

Check = Callable[[], Awaitable[bool]]
Page = Callable[[], Awaitable[bytes]]

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

log = structlog.stdlib.get_logger(__name__)


@asynccontextmanager
async def serve_health(
    host: str,
    port: int,
    *,
    healthy: Mapping[str, Check],
    ready: Mapping[str, Check],
    metrics: Page,
) -> AsyncGenerator[int]:
    """Answer on `host`; port 0 takes a free one. Gives the port. Raises Unavailable."""
    app = web.Application()
    app.router.add_get("/healthz", _answer(healthy))
    app.router.add_get("/readyz", _answer({**healthy, **ready}))
    app.router.add_get("/metrics", _serve(metrics))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else type(error).__name__
            raise Unavailable(what="health port", reason=f"{host}:{port}: {why}") from error
        taken: int = runner.addresses[0][1]
        log.info("Answering health checks", action="health", host=host, port=taken)
        yield taken
    finally:
        await runner.cleanup()


def _answer(checks: Mapping[str, Check]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_request: web.Request) -> web.Response:
        results = {name: await check() for name, check in checks.items()}
        status = 200 if all(results.values()) else 503
        return web.json_response(results, status=status)

    return handle


def _serve(page: Page) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response(body=await page(), headers={"Content-Type": METRICS_TYPE})

    return handle
