"""The Hugging Face stand-in, spoken to over real sockets by a client that knows nothing of it."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.sandbox.pace import Pace
from bot.sandbox.quota import Billing, UpstreamWindow
from bot.sandbox.upstream import DEMO_TOKEN, INFER, SD3, ModelState, Token, Upstream
from tests.sandbox.hub_client import AUTH, SMALL, Ticking, ask, picture, serving


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def upstream(clock: Ticking) -> Upstream:
    return Upstream(windows=(), pace=Pace(clock))


@pytest_asyncio.fixture
async def http(upstream: Upstream) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(upstream) as client:
        yield client


async def test_a_call_gives_a_picture_and_is_remembered(
    http: httpx.AsyncClient, upstream: Upstream
) -> None:
    response = await ask(http, "a red fox", seed=7, width=96)
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/jpeg"
    assert response.headers["x-request-id"]
    assert float(response.headers["x-compute-time"]) >= 0
    assert picture(response).size == (96, 64)
    (call,) = upstream.calls
    assert (call.prompt, call.account, call.status) == ("a red fox", "demo", 200)
    assert call.parameters == {"seed": 7, "width": 96, "height": 64}
    assert call.executed
    assert call.monotonic == 1000.0
    assert call.at.tzinfo is not None


async def test_png_on_request_and_1024_by_default(http: httpx.AsyncClient) -> None:
    headers = AUTH | {"Accept": "image/png"}
    response = await http.post(f"/hf-inference/models/{SD3}", json={"inputs": "x"}, headers=headers)
    assert picture(response).size == (1024, 1024)
    assert picture(response).format == "PNG"


async def test_pictures_follow_from_prompt_seed_and_size(http: httpx.AsyncClient) -> None:
    first = (await ask(http, seed=1)).content
    assert (await ask(http, seed=1)).content == first
    assert (await ask(http, seed=2)).content != first
    assert (await ask(http, "another", seed=1)).content != first
    assert (await ask(http, seed=1, width=128)).content != first


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer hf_wrong"}])
async def test_the_router_and_whoami_want_a_token(
    http: httpx.AsyncClient, upstream: Upstream, headers: dict[str, str]
) -> None:
    response = await http.post(f"/hf-inference/models/{SD3}", json={"inputs": "x"}, headers=headers)
    assert response.status_code == 401
    assert response.json() == {"error": "Invalid username or password."}
    assert (await http.get("/api/whoami-v2", headers=headers)).status_code == 401
    assert not upstream.calls[0].counted


async def test_a_fine_grained_token_needs_the_permission(
    http: httpx.AsyncClient, upstream: Upstream
) -> None:
    upstream.tokens[DEMO_TOKEN] = Token(account="ana", role="fineGrained")
    response = await ask(http)
    assert response.status_code == 403
    assert response.json()["error"].endswith("on behalf of user ana")
    upstream.tokens[DEMO_TOKEN] = Token(
        account="ana", pro=True, role="fineGrained", permissions=(INFER,)
    )
    assert (await ask(http)).status_code == 200
    who = (await http.get("/api/whoami-v2", headers=AUTH)).json()
    assert (who["name"], who["isPro"]) == ("ana", True)
    scoped = who["auth"]["accessToken"]["fineGrained"]["scoped"]
    assert scoped[0]["permissions"] == [INFER]


async def test_hub_answers_count_the_rate_limit_down(http: httpx.AsyncClient) -> None:
    first = await http.get("/api/whoami-v2", headers=AUTH)
    second = await http.get(f"/api/models/{SD3}", headers=AUTH)
    assert first.headers["ratelimit"].startswith('"api";r=999;t=')
    assert second.headers["ratelimit"].startswith('"api";r=998;t=')
    assert second.headers["ratelimit-policy"] == '"fixed window";"api";q=1000;w=300'
    assert second.json()["inference"] == "warm"


async def test_a_missing_repository(http: httpx.AsyncClient) -> None:
    lost = await http.get("/api/models/no/such", headers=AUTH)
    assert (lost.status_code, lost.headers["x-error-code"]) == (404, "RepoNotFound")
    assert (await http.get("/api/models/no/such")).status_code == 401


@pytest.mark.parametrize(
    ("model", "status", "words"),
    [
        ("no/such", 404, "Model no/such does not exist"),
        ("black-forest-labs/FLUX.1-schnell", 410, "deprecated"),
        ("stable-diffusion-v1-5/stable-diffusion-v1-5", 400, "not supported by provider"),
        ("my/gated", 403, "restricted"),
    ],
)
async def test_models_that_are_not_served(
    http: httpx.AsyncClient, upstream: Upstream, model: str, status: int, words: str
) -> None:
    upstream.models["my/gated"] = ModelState.GATED
    response = await ask(http, model=model)
    assert response.status_code == status
    assert words in response.json()["error"]
    assert not upstream.executed()


@pytest.mark.parametrize("body", [b"{}", b"no json", b"[]", b'{"inputs": 5}'])
async def test_a_body_without_inputs_is_a_text(http: httpx.AsyncClient, body: bytes) -> None:
    response = await http.post(f"/hf-inference/models/{SD3}", content=body, headers=AUTH)
    assert response.status_code == 422
    assert response.headers["content-type"].startswith("text/plain")
    assert "missing field `inputs`" in response.text


async def test_an_impossible_size_is_refused(http: httpx.AsyncClient) -> None:
    response = await ask(http, width=9999)
    assert response.status_code == 400
    assert isinstance(response.json()["error"], list)


async def test_the_backend_wants_no_token_and_knows_no_windows(
    http: httpx.AsyncClient, upstream: Upstream
) -> None:
    upstream.windows = (UpstreamWindow(name="hour", calls=0, seconds=3600),)
    body = {"inputs": "x", "parameters": SMALL}
    assert (await http.post("/backend", json=body)).status_code == 200
    assert (await http.post("/backend", json=body, headers=AUTH)).status_code == 200
    assert (await http.post("/backend", json={})).status_code == 422
    seen = [call.authorization for call in upstream.calls]
    assert seen == [None, AUTH["Authorization"], None]


async def test_a_sliding_window_frees_with_its_oldest_call(
    http: httpx.AsyncClient, upstream: Upstream, clock: Ticking
) -> None:
    upstream.windows = (UpstreamWindow(name="hour", calls=2, seconds=100),)
    for _ in range(2):
        assert (await ask(http)).status_code == 200
        clock.now += 10
    refused = await ask(http)
    assert refused.status_code == 429
    assert refused.headers["ratelimit"] == '"inference";r=0;t=80'
    assert refused.headers["ratelimit-policy"].endswith('"inference";q=2;w=100')
    assert refused.headers["retry-after"] == "80"
    assert upstream.violations() == 1
    clock.now = 1100.0
    assert (await ask(http)).status_code == 200
    assert (await ask(http)).status_code == 429
    assert upstream.calls[-1].exceeded == ("hour",)


async def test_a_fixed_window_frees_at_its_turn(
    http: httpx.AsyncClient, upstream: Upstream, clock: Ticking
) -> None:
    hour = UpstreamWindow(name="hour", calls=1, seconds=100, fixed=True, phase=1090.0)
    upstream.windows = (hour,)
    clock.now = 1089.0
    assert (await ask(http)).status_code == 200
    refused = await ask(http)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    clock.now = 1090.0
    assert (await ask(http)).status_code == 200
    clock.now = 1189.0
    assert (await ask(http)).status_code == 429


@pytest.mark.parametrize(("count_rejected", "status"), [(False, 200), (True, 429)])
async def test_refused_calls_may_use_up_the_window_too(
    http: httpx.AsyncClient,
    upstream: Upstream,
    clock: Ticking,
    count_rejected: bool,
    status: int,
) -> None:
    upstream.windows = (UpstreamWindow(name="spacing", calls=1, seconds=2),)
    upstream.count_rejected = count_rejected
    await ask(http)
    clock.now += 1.5
    await ask(http)
    clock.now += 1
    assert (await ask(http)).status_code == status


async def test_windows_can_count_without_refusing(
    http: httpx.AsyncClient, upstream: Upstream
) -> None:
    upstream.windows = (UpstreamWindow(name="spacing", calls=1, seconds=2),)
    upstream.enforce = False
    assert [(await ask(http)).status_code for _ in range(3)] == [200, 200, 200]
    assert upstream.violations() == 2


async def test_placeholders_weigh_on_the_credit_until_they_settle(
    http: httpx.AsyncClient, upstream: Upstream, clock: Ticking
) -> None:
    upstream.billing = Billing(credit_nusd=20_000_000, settles_after=60)
    assert [(await ask(http)).status_code for _ in range(3)] == [200, 200, 402]
    clock.now += 61
    assert (await ask(http)).status_code == 200
