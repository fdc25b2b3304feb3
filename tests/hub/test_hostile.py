"""What a hostile or broken server can send: absurd waits, nests, bombs, bodies without an end."""

import asyncio
import gzip
import json
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest
import stamina

from bot.core.errors import Cause, Failed, Reach
from bot.hub import account
from bot.hub.account import HubAccounts
from bot.hub.client import open_client
from bot.hub.failures import failure_of
from bot.hub.inference import HubPainter, Route
from tests.factories import make_request

HUB = "https://hub.example"
TOKEN = "hf_fortests"  # noqa: S105 - opens nothing
DAY = timedelta(days=1)
BOMB = gzip.compress(gzip.compress(bytes(256 * 2**20)))  # a few kB that want 256 MB


@pytest.fixture(autouse=True)
def _no_waiting_between_tries() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):
        yield


def failed(headers: dict[str, str], body: bytes = b"", status: int = 429) -> Failed:
    request = httpx.Request("POST", HUB)
    answer = httpx.Response(status, headers=headers, content=body, request=request)
    return failure_of(answer, body)


class Stream(httpx.AsyncByteStream):
    def __init__(self, *chunks: bytes, endless: bool = False) -> None:
        self._chunks = chunks
        self._endless = endless

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk
        while self._endless:
            await asyncio.sleep(0.01)
            yield b" "


async def paint(answer: httpx.Response) -> Failed:
    route = Route(router_url=HUB, backend_url=None, token=TOKEN)
    async with open_client(5, httpx.MockTransport(lambda _request: answer)) as client:
        with pytest.raises(Failed) as caught:
            await HubPainter(client, route, 5).paint(make_request())
    return caught.value


async def whoami(answer: httpx.Response) -> Failed:
    async with open_client(5, httpx.MockTransport(lambda _request: answer)) as client:
        with pytest.raises(Failed) as caught:
            await HubAccounts(client, HUB, TOKEN).whoami()
    return caught.value


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        ({"Retry-After": "9" * 400}, b"", DAY),
        ({"Retry-After": "9" * 5000}, b"", None),
        ({"Retry-After": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}, b"", None),
        ({"RateLimit": '"api";r=0;t=' + "9" * 400}, b"", DAY),
        ({"RateLimit": '"api";r=0;t=' + "9" * 5000}, b"", None),
        ({}, b'{"estimated_time": 1' + b"0" * 400 + b"}", DAY),
        ({}, b'{"estimated_time": NaN}', None),
    ],
)
def test_an_absurd_wait_is_capped_or_ignored(
    headers: dict[str, str], body: bytes, wait: timedelta | None
) -> None:
    found = failed(headers, body)
    assert (found.cause, found.retry_after) == (Cause.SLOW_DOWN, wait)


@pytest.mark.parametrize("level", ["[%s]", '{"message":%s}'])
def test_words_are_not_looked_for_in_the_depths(level: str) -> None:
    nest = '"x"'
    for _ in range(600):
        nest = level % nest
    assert failed({}, f'{{"error":{nest}}}'.encode(), 503).cause is Cause.NO_ANSWER


def test_half_a_surrogate_pair_can_still_be_stored() -> None:
    said = failed({}, json.dumps({"error": "a \ud800 b"}).encode(), 400).detail
    assert said.encode() == b"a ? b"


@pytest.mark.parametrize("status", [200, 400])
async def test_a_compressed_answer_is_never_unpacked(status: int) -> None:
    tracemalloc.start()
    try:
        headers = {"Content-Encoding": "gzip, gzip"}
        found = await paint(httpx.Response(status, headers=headers, stream=Stream(BOMB)))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.cause is (Cause.REJECTED if status == 400 else Cause.NOT_A_PICTURE)
    assert most < 32 * 2**20


async def test_a_redirect_is_not_followed() -> None:
    answer = httpx.Response(307, headers={"Location": "http://169.254.169.254/"})
    found = await paint(answer)
    assert (found.cause, found.reach, found.detail) == (Cause.REJECTED, Reach.REJECTED, "")


async def test_whoami_does_not_wait_for_a_body_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(account, "ASK_SECONDS", 0.2)
    async with asyncio.timeout(5):
        found = await whoami(httpx.Response(200, stream=Stream(b'{"name": "', endless=True)))
    assert found.cause is Cause.BROKEN_LINE


async def test_whoami_reads_only_so_much() -> None:
    found = await whoami(httpx.Response(200, stream=Stream(*[b"[" * 2**16] * 64)))
    assert found.cause is Cause.NO_ANSWER
