"""HubPainter: what leaves, what may come back, and what is made of it."""

import asyncio
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from PIL import Image

from bot.core.errors import Cause, Failed, Reach
from bot.core.jobs import Picture, Request, Size
from bot.core.prices import UNKNOWN, Basis, of_compute
from bot.hub.client import open_client
from bot.hub.inference import MOST_BYTES, HubPainter, Route
from bot.sandbox.hub_server import HubServer
from bot.sandbox.quota import UpstreamWindow
from bot.sandbox.upstream import DEMO_TOKEN, SD3, Token, Upstream
from tests.factories import make_full_request, make_request

ROUTER = "https://router.example"
ENDPOINT = "https://x1.us-east-1.aws.endpoints.huggingface.cloud"
Handler = Callable[[httpx.Request], httpx.Response]


def wish(model: str = SD3) -> Request:
    return replace(make_request(), model=model, size=Size.SQUARE_512)


def painter(
    client: httpx.AsyncClient, server: HubServer, *, backend: bool = False, most: float = 10
) -> HubPainter:
    route = Route(
        router_url=server.router_url,
        backend_url=server.backend_url if backend else None,
        token=DEMO_TOKEN,
    )
    return HubPainter(client, route, most)


async def mocked(handler: Handler, backend_url: str | None = None) -> Picture:
    route = Route(router_url=ROUTER, backend_url=backend_url, token=DEMO_TOKEN)
    async with open_client(5, httpx.MockTransport(handler)) as client:
        return await HubPainter(client, route, 5).paint(wish())


async def refused(answer: httpx.Response, backend_url: str | None = None) -> Failed:
    with pytest.raises(Failed) as caught:
        await mocked(lambda _request: answer, backend_url)
    return caught.value


def encoded(form: str, size: tuple[int, int] = (32, 16)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 90)).save(buffer, form)
    return buffer.getvalue()


async def test_a_picture_from_the_router(
    client: httpx.AsyncClient, server: HubServer, upstream: Upstream
) -> None:
    request = replace(make_full_request(), model=SD3)
    made = await painter(client, server).paint(request)
    assert (made.mime, made.width, made.height) == ("image/png", 1024, 768)
    assert made.provider == "hf-inference"
    assert made.cost.basis is Basis.ESTIMATED
    assert made.request_id
    assert 0 < made.seconds < 10
    (call,) = upstream.calls
    assert call.prompt == request.prompt
    assert call.parameters == {
        "seed": 7,
        "width": 1024,
        "height": 768,
        "negative_prompt": "fog",
        "num_inference_steps": 20,
        "guidance_scale": 4.5,
    }


async def test_parameters_that_nobody_gave_are_not_sent(
    client: httpx.AsyncClient, server: HubServer, upstream: Upstream
) -> None:
    await painter(client, server).paint(replace(make_request(), model=SD3))
    assert upstream.calls[0].parameters == {"seed": 7}


async def test_a_backend_never_sees_the_token(
    client: httpx.AsyncClient, server: HubServer, upstream: Upstream
) -> None:
    made = await painter(client, server, backend=True).paint(wish())
    assert made.cost == UNKNOWN
    assert (upstream.calls[0].route, upstream.calls[0].authorization) == ("backend", None)


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
    assert json.loads(seen[0].content)["inputs"] == wish().prompt


FAULTS = [
    ("400_list", Cause.REJECTED, Reach.REJECTED),
    ("401", Cause.TOKEN_INVALID, Reach.REJECTED),
    ("402", Cause.CREDIT_MAYBE, Reach.REJECTED),
    ("403", Cause.TOKEN_REFUSED, Reach.REJECTED),
    ("404", Cause.MODEL_MISSING, Reach.REJECTED),
    ("410", Cause.MODEL_RETIRED, Reach.REJECTED),
    ("422_text", Cause.REJECTED, Reach.REJECTED),
    ("429", Cause.SLOW_DOWN, Reach.REJECTED),
    ("500", Cause.NO_ANSWER, Reach.REJECTED),
    ("502_html", Cause.NO_ANSWER, Reach.REJECTED),
    ("503_loading", Cause.LOADING, Reach.REJECTED),
    ("503_text", Cause.NO_ANSWER, Reach.REJECTED),
    ("504_html", Cause.NO_ANSWER, Reach.UNKNOWN),
    ("hang", Cause.BROKEN_LINE, Reach.UNKNOWN),
    ("reset", Cause.BROKEN_LINE, Reach.UNKNOWN),
    ("reset_after_work", Cause.BROKEN_LINE, Reach.UNKNOWN),
    ("truncated", Cause.BROKEN_LINE, Reach.UNKNOWN),
    ("html_200", Cause.NOT_A_PICTURE, Reach.ANSWERED),
    ("json_200", Cause.NOT_A_PICTURE, Reach.ANSWERED),
    ("huge", Cause.NOT_A_PICTURE, Reach.ANSWERED),
    ("not_supported", Cause.NOT_SERVED, Reach.REJECTED),
    ("gated", Cause.GATED, Reach.REJECTED),
]


@pytest.mark.parametrize(("name", "cause", "reach"), FAULTS)
async def test_each_fault_has_its_cause_and_reach(
    client: httpx.AsyncClient,
    server: HubServer,
    upstream: Upstream,
    name: str,
    cause: Cause,
    reach: Reach,
) -> None:
    upstream.fail(name)
    most = 0.3 if name == "hang" else 10
    with pytest.raises(Failed) as caught:
        await painter(client, server, most=most).paint(wish())
    failed = caught.value
    assert (failed.cause, failed.reach) == (cause, reach)
    assert not any(mark in failed.detail for mark in ("<", "http", DEMO_TOKEN, "\n"))
    if failed.reach is Reach.REJECTED:
        assert failed.status == int(name[:3]) if name[:3].isdigit() else failed.status
        assert failed.request_id
    again = await painter(client, server).paint(wish())
    assert again.mime == "image/png"


async def test_a_picture_under_a_wrong_type_is_a_picture(
    client: httpx.AsyncClient, server: HubServer, upstream: Upstream
) -> None:
    upstream.fail("wrong_type")
    assert (await painter(client, server).paint(wish())).mime == "image/png"


async def test_waits_are_passed_on(
    client: httpx.AsyncClient, server: HubServer, upstream: Upstream
) -> None:
    upstream.fail("429", seconds=7)
    upstream.fail("503_loading", seconds=12.5)
    waits: list[timedelta | None] = []
    for _ in range(2):
        with pytest.raises(Failed) as caught:
            await painter(client, server).paint(wish())
        waits.append(caught.value.retry_after)
    assert waits == [timedelta(seconds=8), timedelta(seconds=12.5)]


async def test_a_full_window_is_a_request_to_slow_down(
    client: httpx.AsyncClient, server: HubServer, upstream: Upstream
) -> None:
    upstream.windows = (UpstreamWindow(name="hour", calls=1, seconds=3600),)
    await painter(client, server).paint(wish())
    with pytest.raises(Failed) as caught:
        await painter(client, server).paint(wish())
    assert caught.value.cause is Cause.SLOW_DOWN
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > timedelta(minutes=59)


@pytest.mark.parametrize(
    ("model", "cause"),
    [
        ("no/such", Cause.MODEL_MISSING),
        ("black-forest-labs/FLUX.1-schnell", Cause.MODEL_RETIRED),
        ("stable-diffusion-v1-5/stable-diffusion-v1-5", Cause.NOT_SERVED),
    ],
)
async def test_models_that_give_nothing(
    client: httpx.AsyncClient, server: HubServer, model: str, cause: Cause
) -> None:
    with pytest.raises(Failed) as caught:
        await painter(client, server).paint(wish(model))
    assert caught.value.cause is cause


async def test_a_token_without_the_permission(
    client: httpx.AsyncClient, server: HubServer, upstream: Upstream
) -> None:
    upstream.tokens[DEMO_TOKEN] = Token(account="ana", role="fineGrained")
    with pytest.raises(Failed) as caught:
        await painter(client, server).paint(wish())
    assert caught.value.cause is Cause.TOKEN_REFUSED


async def test_a_refused_connection_was_never_sent(
    client: httpx.AsyncClient, server: HubServer
) -> None:
    await server.close()
    with pytest.raises(Failed) as caught:
        await painter(client, server).paint(wish())
    assert (caught.value.cause, caught.value.reach) == (Cause.NO_ANSWER, Reach.NEVER)


async def test_a_cancelled_call_is_cancelled(
    client: httpx.AsyncClient, server: HubServer, upstream: Upstream
) -> None:
    upstream.hold()
    call = asyncio.create_task(painter(client, server).paint(wish()))
    await upstream.arrived(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


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
