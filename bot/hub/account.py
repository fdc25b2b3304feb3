"""Whose token this is: whoami-v2, asked once at start. The Accounts port."""

from typing import Any, cast

import httpx
import stamina

from bot.core.accounts import Account
from bot.core.errors import Cause, Failed, Reach
from bot.hub.client import ours
from bot.hub.failures import failure_of

ASK_SECONDS = 3.0
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
        headers = {"Authorization": f"Bearer {self._token}"}
        async with ours():
            response = await self._client.get(self._url, headers=headers, timeout=ASK_SECONDS)
        if not response.is_success:
            raise failure_of(response, response.content)
        try:
            answer: object = response.json()
        except ValueError:
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
    token = cast("dict[str, Any]", answer.get("auth", {}).get("accessToken", {}))
    if token.get("role") != "fineGrained":
        return True
    rights = cast("dict[str, Any]", token.get("fineGrained", {}))
    if _INFER in rights.get("global", []):
        return True
    scoped = cast("list[dict[str, Any]]", rights.get("scoped", []))
    return any(_INFER in scope.get("permissions", []) for scope in scoped)
