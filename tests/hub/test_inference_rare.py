"""HubPainter and the answers that are too rare for the stand-in, made by hand."""

import io
import json
from collections.abc import Callable

import httpx
import pytest
from PIL import Image

from bot.core.errors import Cause, Failed, Reach
from bot.core.jobs import Picture
from bot.core.prices import of_compute
from bot.hub.client import open_client
from bot.hub.inference import MOST_BYTES, HubPainter, Route
from tests.factories import make_request

TOKEN = "hf_fortests"  # noqa: S105 - opens nothing
ROUTER = "https://router.example"
ENDPOINT = "https://x1.us-east-1.aws.endpoints.huggingface.cloud"
Handler = Callable[[httpx.Request], httpx.Response]


async def mocked(handler: Handler, backend_url: str | None = None) -> Picture:
    route = Route(router_url=ROUTER, backend_url=backend_url, token=TOKEN)
    async with open_client(5, httpx.MockTransport(handler)) as client:
        return await HubPainter(client, route, 5).paint(make_request())


async def refused(answer: httpx.Response, backend_url: str | None = None) -> Failed:
    with pytest.raises(Failed) as caught:
        await mocked(lambda _request: answer, backend_url)
    return caught.value


def encoded(form: str, size: tuple[int, int] = (32, 16)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 90)).save(buffer, form)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        (ENDPOINT, True),
        (ENDPOINT.replace("https", "http"), False),
        ("https://endpoints.huggingface.cloud.evil.example", False),
        ("https://evil.example/.endpoints.huggingface.cloud", False),
    ],
)
async def test_the_token_goes_to_hugging_face_only(url: str, sent: bool) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=encoded("PNG"))

    await mocked(answer, url)
    assert ("authorization" in seen[0].headers) is sent
    assert json.loads(seen[0].content)["inputs"] == make_request().prompt


@pytest.mark.parametrize(
    ("error", "cause", "reach"),
    [
        (httpx.ConnectTimeout("x"), Cause.NO_ANSWER, Reach.NEVER),
        (httpx.PoolTimeout("x"), Cause.NO_ANSWER, Reach.NEVER),
        (httpx.ProxyError("x"), Cause.NO_ANSWER, Reach.NEVER),
        (httpx.LocalProtocolError("x"), Cause.OUR_FAULT, Reach.NEVER),
        (httpx.DecodingError("x"), Cause.NOT_A_PICTURE, Reach.ANSWERED),
        (httpx.WriteError("x"), Cause.BROKEN_LINE, Reach.UNKNOWN),
        (httpx.ReadTimeout("x"), Cause.BROKEN_LINE, Reach.UNKNOWN),
    ],
)
async def test_what_the_client_raises(error: Exception, cause: Cause, reach: Reach) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(Failed) as caught:
        await mocked(answer)
    assert (caught.value.cause, caught.value.reach) == (cause, reach)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
async def test_every_kind_of_picture(form: str) -> None:
    answer = httpx.Response(200, content=encoded(form))
    made = await mocked(lambda _request: answer)
    assert (made.mime, made.width, made.height) == (f"image/{form.lower()}", 32, 16)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        encoded("PNG", (400, 400))[:200],
        encoded("GIF"),
        b"\xff\xd8\xff and then nothing",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        encoded("PNG", (7000, 7000)),
    ],
    ids=["empty", "cut", "gif", "jpeg", "webp", "bomb"],
)
async def test_what_only_looks_like_a_picture(body: bytes) -> None:
    failed = await refused(httpx.Response(200, content=body))
    assert (failed.cause, failed.reach) == (Cause.NOT_A_PICTURE, Reach.ANSWERED)


async def test_the_cap_holds_without_an_announced_length() -> None:
    class Endless(httpx.AsyncByteStream):
        sent = 0

        async def __aiter__(self):
            while True:
                self.sent += 2**20
                yield b"\0" * 2**20

    stream = Endless()
    failed = await refused(httpx.Response(200, stream=stream))
    assert failed.cause is Cause.NOT_A_PICTURE
    assert stream.sent <= MOST_BYTES + 2**20


async def test_a_refusal_stands_when_its_body_breaks_off() -> None:
    class Broken(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield b'{"error": '
            raise httpx.ReadError("gone")

    failed = await refused(httpx.Response(402, stream=Broken()))
    assert (failed.cause, failed.reach) == (Cause.CREDIT_MAYBE, Reach.REJECTED)


async def test_a_dedicated_endpoint_that_wakes_up_is_loading() -> None:
    sleepy = httpx.Response(503, text="Service Unavailable")
    assert (await refused(sleepy, ENDPOINT)).cause is Cause.LOADING


@pytest.mark.parametrize("told", ["nan", "inf", "-3", "1e9", "fast"])
async def test_an_absurd_compute_time_is_not_believed(told: str) -> None:
    answer = httpx.Response(200, content=encoded("PNG"), headers={"x-compute-time": told})
    cost = (await mocked(lambda _request: answer)).cost
    assert cost.amount_nusd is not None
    assert 0 <= cost.amount_nusd < of_compute(5).booked_nusd


async def test_compute_time_is_what_costs() -> None:
    answer = httpx.Response(200, content=encoded("PNG"), headers={"x-compute-time": "2.5"})
    assert (await mocked(lambda _request: answer)).cost == of_compute(2.5)
