"""HubCatalogue: what the Hub says of a model, and what it leaves out."""

from datetime import UTC, datetime

import httpx
import pytest

from bot.core.checkup import Sighting
from bot.core.errors import Cause, Failed
from bot.hub.catalogue import HubCatalogue
from bot.hub.client import open_client
from bot.sandbox.hub_server import HubServer
from bot.sandbox.upstream import DEMO_TOKEN, SD3, ModelState, Upstream

HUB = "https://hub.example"


async def seen(answer: httpx.Response | Exception, token: str | None = None) -> Sighting:
    def reply(request: httpx.Request) -> httpx.Response:
        assert request.url.params["expand[]"] == "inferenceProviderMapping"
        assert request.headers.get("authorization") == (f"Bearer {token}" if token else None)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with open_client(5, httpx.MockTransport(reply)) as client:
        return await HubCatalogue(client, HUB, token).look("a/b")


async def test_the_stand_in_is_read(
    server: HubServer, client: httpx.AsyncClient, upstream: Upstream
) -> None:
    catalogue = HubCatalogue(client, server.url, DEMO_TOKEN)
    found = await catalogue.look(SD3)
    assert (found.status, found.providers) == (200, {"hf-inference": "live"})
    assert found.said_at is not None
    assert abs((found.said_at - datetime.now(UTC)).total_seconds()) < 10
    upstream.models[SD3] = ModelState.NOT_SUPPORTED
    assert (await catalogue.look(SD3)).providers is None
    assert (await catalogue.look("no/such")).status == 404


@pytest.mark.parametrize(
    ("body", "providers"),
    [
        (
            {"inferenceProviderMapping": {"a": {"status": "live"}, "b": 1}},
            {"a": "live", "b": "None"},
        ),
        ({"inferenceProviderMapping": [{"provider": "a", "status": "live"}]}, {"a": "live"}),
        ({"inferenceProviderMapping": []}, {}),
        ({"inferenceProviderMapping": "?"}, None),
        ({}, None),
        ([], None),
    ],
)
async def test_both_forms_of_the_mapping_are_read(
    body: object, providers: dict[str, str] | None
) -> None:
    assert (await seen(httpx.Response(200, json=body), "hf_x")).providers == providers


@pytest.mark.parametrize(
    ("header", "said_at"),
    [
        ("Sat, 21 Nov 2026 03:00:00 GMT", datetime(2026, 11, 21, 3, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 03:00:00 -0000", datetime(2026, 11, 21, 3, tzinfo=UTC)),
        ("yesterday", None),
    ],
)
async def test_the_date_is_read_or_left_out(header: str, said_at: datetime | None) -> None:
    page = httpx.Response(502, headers={"Date": header}, text="<html>")
    found = await seen(page)
    assert (found.said_at, found.status, found.providers) == (said_at, 502, None)


async def test_silence_is_a_failure_of_ours() -> None:
    with pytest.raises(Failed) as caught:
        await seen(httpx.ConnectError("no"))
    assert caught.value.cause is Cause.NO_ANSWER
