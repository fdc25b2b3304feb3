"""The Hugging Face stand-in, spoken to over real sockets by a client that knows nothing of it."""

import asyncio
import io
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from PIL import Image

from bot.sandbox.hub_server import HubServer
from bot.sandbox.quota import Billing, UpstreamWindow
from bot.sandbox.upstream import DEMO_TOKEN, INFER, SD3, ModelState, Token, Upstream

AUTH = {"Authorization": f"Bearer {DEMO_TOKEN}"}
SMALL = {"width": 64, "height": 64}


class Ticking:
    """A clock that tests move by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def upstream(clock: Ticking) -> Upstream:
    return Upstream(windows=(), clock=clock)


@pytest_asyncio.fixture
async def server(upstream: Upstream) -> AsyncIterator[HubServer]:
    server = HubServer(upstream)
    await server.start()
    yield server
    await server.close()


@pytest_asyncio.fixture
async def http(server: HubServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=10, trust_env=False) as client:
        yield client


async def ask(
    http: httpx.AsyncClient, prompt: str = "a fox", model: str = SD3, **parameters: object
) -> httpx.Response:
    body = {"inputs": prompt, "parameters": SMALL | parameters}
    return await http.post(f"/hf-inference/models/{model}", json=body, headers=AUTH)


def picture(response: httpx.Response) -> Image.Image:
    image = Image.open(io.BytesIO(response.content))
    image.load()
    return image


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


@pytest.mark.parametrize(
    ("name", "status", "content_type", "words"),
    [
        ("400_list", 400, "application/json", "num_inference_steps"),
        ("401", 401, "application/json", "Invalid username"),
        ("402", 402, "application/json", "depleted"),
        ("403", 403, "application/json", "sufficient permissions"),
        ("404", 404, "application/json", "does not exist"),
        ("410", 410, "application/json", "deprecated"),
        ("422_text", 422, "text/plain", "missing field"),
        ("429", 429, "application/json", "rate limit"),
        ("500", 500, "application/json", "Internal Error"),
        ("502_html", 502, "text/html", "Bad Gateway"),
        ("503_loading", 503, "application/json", "estimated_time"),
        ("503_text", 503, "text/plain", "Unavailable"),
        ("504_html", 504, "text/html", "Gateway Time-out"),
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


async def test_a_hanging_call_never_answers(
    http: httpx.AsyncClient, upstream: Upstream, server: HubServer
) -> None:
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
