"""HubAccounts: whose token it is, and what it may do."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import stamina

from bot.core.accounts import Account
from bot.core.errors import Cause, Failed
from bot.hub.account import HubAccounts
from bot.hub.client import open_client
from bot.sandbox.hub_server import HubServer
from bot.sandbox.upstream import DEMO_TOKEN, INFER, Token, Upstream

HUB = "https://hub.example"
ME = {"type": "user", "name": "ana"}
ORG = {"type": "org", "name": "acme"}


@pytest.fixture(autouse=True)
def _no_waiting_between_tries() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


async def asked(*answers: httpx.Response | Exception) -> Account:
    """What becomes of these answers, the last of which is repeated."""
    left = list(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return httpx.Response(found.status_code, content=found.content)

    async with open_client(5, httpx.MockTransport(answer)) as client:
        return await HubAccounts(client, HUB, DEMO_TOKEN).whoami()


def who(auth: object, **facts: Any) -> httpx.Response:
    return httpx.Response(200, json={"type": "user", "name": "ana", "auth": auth, **facts})


def fine(**rights: Any) -> dict[str, Any]:
    return {"accessToken": {"role": "fineGrained", "fineGrained": rights}}


@pytest.mark.parametrize(
    ("token", "account"),
    [
        (Token(account="ana"), Account(name="ana", plan="free", may_infer=True)),
        (Token(account="bo", pro=True), Account(name="bo", plan="pro", may_infer=True)),
        (
            Token(account="cy", role="fineGrained", permissions=("repo.write",)),
            Account(name="cy", plan="free", may_infer=False),
        ),
        (
            Token(account="cy", role="fineGrained", permissions=(INFER,)),
            Account(name="cy", plan="free", may_infer=True),
        ),
    ],
)
async def test_the_account_of_a_token(
    client: httpx.AsyncClient,
    server: HubServer,
    upstream: Upstream,
    token: Token,
    account: Account,
) -> None:
    upstream.tokens[DEMO_TOKEN] = token
    assert await HubAccounts(client, server.url, DEMO_TOKEN).whoami() == account


async def test_a_wrong_token(client: httpx.AsyncClient, server: HubServer) -> None:
    with pytest.raises(Failed) as caught:
        await HubAccounts(client, server.url, "hf_wrong").whoami()
    assert caught.value.cause is Cause.TOKEN_INVALID


@pytest.mark.parametrize(
    ("auth", "may_infer"),
    [
        (fine(**{"global": [INFER]}), True),
        (fine(scoped=[{"entity": ME, "permissions": [INFER]}]), True),
        (fine(scoped=[{"entity": ORG, "permissions": [INFER]}]), False),
        (fine(scoped=[{"entity": ME, "permissions": ["repo.write"]}]), False),
        (fine(scoped=[{"entity": None, "permissions": None}, "x"]), False),
        (fine(**{"global": None, "scoped": None}), False),
        ({"accessToken": {"role": "fineGrained"}}, False),
        ({"accessToken": {"role": "write"}}, True),
        ({"accessToken": None}, True),
        ({"type": "oauth"}, True),
        (None, True),
    ],
)
async def test_who_may_infer(auth: object, may_infer: bool) -> None:
    assert (await asked(who(auth))).may_infer is may_infer


@pytest.mark.parametrize(
    "hiccup", [httpx.Response(502), httpx.ConnectError("x"), httpx.ReadError("x")]
)
async def test_a_hiccup_is_asked_again(hiccup: httpx.Response | Exception) -> None:
    assert (await asked(hiccup, hiccup, who(None))).name == "ana"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (httpx.Response(503), Cause.NO_ANSWER),
        (httpx.Response(429), Cause.SLOW_DOWN),
        (httpx.Response(200, text="<html></html>"), Cause.NO_ANSWER),
        (httpx.Response(200, json=[]), Cause.NO_ANSWER),
        (httpx.Response(200, json={}), Cause.NO_ANSWER),
    ],
)
async def test_answers_that_name_nobody(answer: httpx.Response, cause: Cause) -> None:
    with pytest.raises(Failed) as caught:
        await asked(answer)
    assert caught.value.cause is cause
