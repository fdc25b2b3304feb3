"""The faults that the Hugging Face stand-in injects, as they look on the wire."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.sandbox.upstream import SD3, Upstream
from tests.sandbox.hub_client import AUTH, ask, picture, serving


@pytest.fixture
def upstream() -> Upstream:
    return Upstream(windows=())


@pytest_asyncio.fixture
async def http(upstream: Upstream) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(upstream) as client:
        yield client


@pytest.mark.parametrize(
    ("name", "status", "content_type", "words"),
    [
        ("400_list", 400, "application/json", "num_inference_steps"),
        ("400_object", 400, "application/json", "prompt is too long"),
        ("401", 401, "application/json", "Invalid username"),
        ("402", 402, "application/json", "depleted"),
        ("403", 403, "application/json", "sufficient permissions"),
        ("404", 404, "application/json", "does not exist"),
        ("410", 410, "application/json", "deprecated"),
        ("422_text", 422, "text/plain", "missing field"),
        ("429", 429, "application/json", "rate limit"),
        ("429_retry_after", 429, "application/json", "Too many"),
        ("429_bare", 429, "application/json", "Too many"),
        ("500", 500, "application/json", "Internal Error"),
        ("502_html", 502, "text/html", "Bad Gateway"),
        ("503_loading", 503, "application/json", "estimated_time"),
        ("503_text", 503, "text/plain", "Unavailable"),
        ("504_html", 504, "text/html", "Gateway Time-out"),
        ("empty_200", 200, "image/png", ""),
        ("html_200", 200, "text/html", "<!DOCTYPE html>"),
        ("json_200", 200, "application/json", "Rate limit"),
        ("not_supported", 400, "application/json", "not supported by provider"),
        ("gated", 403, "application/json", "restricted"),
    ],
)
async def test_each_fault_that_is_an_answer(
    http: httpx.AsyncClient,
    upstream: Upstream,
    name: str,
    status: int,
    content_type: str,
    words: str,
) -> None:
    upstream.fail(name)
    response = await ask(http)
    assert response.status_code == status
    assert response.headers["content-type"].startswith(content_type)
    assert words in response.text
    (call,) = upstream.calls
    assert (call.fault, call.status, call.executed) == (name, status, False)
    assert (await ask(http)).headers["content-type"] == "image/jpeg"


async def test_faults_say_how_long_to_wait(http: httpx.AsyncClient, upstream: Upstream) -> None:
    upstream.fail("429", seconds=7)
    upstream.fail("503_loading", seconds=3)
    upstream.fail("gated")
    slow = await ask(http)
    assert (slow.headers["ratelimit"], slow.headers["retry-after"]) == ('"api";r=0;t=7', "7")
    assert (await ask(http)).json()["estimated_time"] == 3
    assert (await ask(http)).headers["x-error-code"] == "GatedRepo"


@pytest.mark.parametrize(("name", "executed"), [("reset", False), ("reset_after_work", True)])
async def test_a_reset_breaks_the_connection(
    http: httpx.AsyncClient, upstream: Upstream, name: str, executed: bool
) -> None:
    upstream.fail(name)
    with pytest.raises(httpx.ReadError):
        await ask(http)
    assert upstream.calls[0].status is None
    assert upstream.calls[0].executed is executed


async def test_a_truncated_picture_ends_too_early(
    http: httpx.AsyncClient, upstream: Upstream
) -> None:
    upstream.fail("truncated")
    with pytest.raises(httpx.RemoteProtocolError):
        await ask(http)
    assert upstream.calls[0].executed


async def test_a_huge_answer(http: httpx.AsyncClient, upstream: Upstream) -> None:
    upstream.fail("huge")
    assert len((await ask(http)).content) == 40 * 2**20


async def test_a_picture_under_a_wrong_type(http: httpx.AsyncClient, upstream: Upstream) -> None:
    upstream.fail("wrong_type")
    response = await ask(http)
    assert response.headers["content-type"].startswith("text/plain")
    assert picture(response).size == (64, 64)


async def test_a_hanging_call_never_answers(http: httpx.AsyncClient, upstream: Upstream) -> None:
    upstream.fail("hang")
    with pytest.raises(httpx.ReadTimeout):
        await http.post(
            f"/hf-inference/models/{SD3}", json={"inputs": "x"}, headers=AUTH, timeout=0.2
        )
    assert upstream.calls[0].status is None


async def test_faults_last_until_cleared(http: httpx.AsyncClient, upstream: Upstream) -> None:
    upstream.fail("500", times=None)
    assert [(await ask(http)).status_code for _ in range(3)] == [500, 500, 500]
    upstream.clear()
    assert (await ask(http)).status_code == 200
    with pytest.raises(ValueError, match="no fault is called"):
        upstream.fail("bogus")


async def test_a_held_call_stays_in_the_air(http: httpx.AsyncClient, upstream: Upstream) -> None:
    upstream.hold()
    call = asyncio.create_task(ask(http))
    await upstream.arrived(1)
    await asyncio.sleep(0.05)
    assert upstream.calls[0].status is None
    upstream.release()
    assert (await call).status_code == 200


async def test_work_goes_on_when_the_caller_has_gone(
    http: httpx.AsyncClient, upstream: Upstream
) -> None:
    upstream.hold()
    call = asyncio.create_task(ask(http))
    await upstream.arrived(1)
    call.cancel()
    upstream.release()
    await upstream.made(1)
