"""Whose token this is: whoami-v2, asked once at start. The Accounts port."""

import asyncio
import json
from typing import Any, cast

import httpx
import stamina

from bot.core.accounts import Account
from bot.core.errors import Cause, Failed, Reach
from bot.hub.client import UNCOMPRESSED, ours, read_start
from bot.hub.failures import failure_of

ASK_SECONDS = 3.0
MOST_BYTES = 2**20
_INFER = "inference.serverless.write"


def _passing(error: Exception) -> bool:
    return isinstance(error, Failed) and error.cause in {Cause.NO_ANSWER, Cause.BROKEN_LINE}


class HubAccounts:
    """Asks the Hub about the token."""

    def __init__(self, client: httpx.AsyncClient, hub_url: str, token: str) -> None:
        self._client = client
        self._url = f"{hub_url}/api/whoami-v2"
        self._token = token

    async def whoami(self) -> Account:
        """The account behind the token. Raises Failed."""
        async for attempt in stamina.retry_context(
            on=_passing, attempts=3, timeout=ASK_SECONDS, wait_initial=0.2, wait_max=1.0
        ):
            with attempt:
                return _account_of(await self._ask())
        raise Failed(cause=Cause.NO_ANSWER, reach=Reach.NEVER)

    async def _ask(self) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}", **UNCOMPRESSED}
        try:
            async with (
                asyncio.timeout(ASK_SECONDS),
                ours(),
                self._client.stream("GET", self._url, headers=headers) as response,
            ):
                body = await read_start(response, MOST_BYTES)
        except TimeoutError as error:
            raise Failed(cause=Cause.BROKEN_LINE, reach=Reach.REJECTED) from error
        if not response.is_success:
            raise failure_of(response, body)
        try:
            answer: object = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or "name" not in answer:
            raise Failed(cause=Cause.NO_ANSWER, reach=Reach.REJECTED, status=response.status_code)
        return cast("dict[str, Any]", answer)


def _account_of(answer: dict[str, Any]) -> Account:
    return Account(
        name=str(answer["name"]),
        plan="pro" if answer.get("isPro") else "free",
        may_infer=_may_infer(answer),
    )


def _may_infer(answer: dict[str, Any]) -> bool:
    """Classic tokens may; a fine-grained one needs the permission, globally or for its owner."""
    match answer.get("auth"):
        case {"accessToken": {"role": "fineGrained", **rest}}:
            rights = _dict(rest.get("fineGrained"))
        case _:
            return True
    scoped = (_dict(item) for item in _list(rights.get("scoped")))
    own = (item for item in scoped if _is_user(_dict(item.get("entity")), answer["name"]))
    granted = [rights.get("global"), *(item.get("permissions") for item in own)]
    return any(_INFER in _list(permissions) for permissions in granted)


def _is_user(entity: dict[str, Any], name: object) -> bool:
    """A permission for an organisation's things does not let the bot bill its own account."""
    return entity.get("type") == "user" and entity.get("name") == name


def _dict(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
