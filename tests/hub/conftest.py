"""The stand-in, and our client to it."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.hub.client import open_client
from bot.sandbox.hub_server import HubServer
from bot.sandbox.upstream import Upstream


@pytest.fixture
def upstream() -> Upstream:
    return Upstream(windows=())


@pytest_asyncio.fixture
async def server(upstream: Upstream) -> AsyncIterator[HubServer]:
    server = HubServer(upstream)
    await server.start()
    yield server
    await server.close()


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client(10) as client:
        yield client
