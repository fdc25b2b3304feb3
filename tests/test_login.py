"""Whether Discord takes the token, asked without a gateway."""

import httpx
import pytest

from bot.core.checkup import Login
from bot.core.errors import Unavailable
from bot.hub.client import open_client
from bot.login import DiscordLogins
from bot.sandbox.demo import demo_world
from bot.sandbox.discord_server import DiscordServer

ME = httpx.Response(200, json={"id": "1", "username": "HugOps"})
TOKEN = "one.two.three"  # noqa: S105 - opens nothing


async def asked(me: httpx.Response | Exception, gateway: httpx.Response = ME) -> Login:
    def reply(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == f"Bot {TOKEN}"
        answer = me if request.url.path.endswith("/users/@me") else gateway
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with open_client(5, httpx.MockTransport(reply)) as client:
        return await DiscordLogins(client, "https://discord.example/api/v10/", TOKEN).who()


async def test_the_stand_in_knows_its_own_token_only() -> None:
    async with DiscordServer(demo_world()) as server, open_client(5) as client:
        found = await DiscordLogins(client, server.api_url, server.token).who()
        assert found == Login(name="HugOps", starts_left=1000)
        assert await DiscordLogins(client, server.api_url, TOKEN).who() == Login(name=None)


async def test_how_often_it_may_still_connect_is_read_where_it_is_said() -> None:
    limit = httpx.Response(200, json={"session_start_limit": {"remaining": 0}})
    assert await asked(ME, limit) == Login(name="HugOps", starts_left=0)
    assert await asked(ME, ME) == Login(name="HugOps")
    assert await asked(ME, httpx.Response(401)) == Login(name="HugOps")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.ConnectError("no"), "Discord is out of reach (ConnectError)"),
        (httpx.Response(503, text="<html>"), "Discord answers with 503"),
        (httpx.Response(200, text="<html>"), "Discord answers with 200"),
        (httpx.Response(200, json=[]), "Discord answers with 200"),
    ],
)
async def test_trouble_is_not_a_refused_token(
    answer: httpx.Response | Exception, said: str
) -> None:
    with pytest.raises(Unavailable) as caught:
        await asked(answer)
    assert caught.value.reason == said
