"""HubPainter over real sockets: what leaves, and what is made of every fault of the stand-in."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from bot.core.errors import Cause, Failed, Reach
from bot.core.jobs import Request, Size
from bot.core.prices import UNKNOWN, Basis
from bot.hub.inference import HubPainter, Route
from bot.sandbox.hub_server import HubServer
from bot.sandbox.quota import UpstreamWindow
from bot.sandbox.upstream import DEMO_TOKEN, SD3, Token, Upstream
from tests.factories import make_full_request, make_request


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
