"""Whether Discord takes the bot's token, asked over plain HTTP: no gateway, no second session.

The Logins port, for `hugops doctor` beside a running bot. Built by app.py.
"""

from typing import Any, cast

import httpx

from bot.core.checkup import Login
from bot.core.errors import Unavailable

ASK_SECONDS = 4.0
_UNKNOWN_TOKEN = 401
_AGENT = "DiscordBot (hugops, 0.1)"  # Discord wants this form


class DiscordLogins:
    """Asks Discord's REST interface."""

    def __init__(self, client: httpx.AsyncClient, api_url: str, token: str) -> None:
        self._client = client
        self._base = api_url.rstrip("/")
        self._headers = {"Authorization": f"Bot {token}", "User-Agent": _AGENT}

    async def who(self) -> Login:
        """Whether Discord takes the token. Raises Unavailable."""
        me = await self._ask("/users/@me")
        if me is None:
            return Login(name=None)
        gateway = await self._ask("/gateway/bot") or {}
        match gateway.get("session_start_limit"):
            case {"remaining": int() as left}:
                return Login(name=str(me.get("username")), starts_left=left)
            case _:
                return Login(name=str(me.get("username")))

    async def _ask(self, path: str) -> dict[str, Any] | None:
        """The answer; None when Discord does not know the token."""
        try:
            response = await self._client.get(
                f"{self._base}{path}", headers=self._headers, timeout=ASK_SECONDS
            )
        except httpx.HTTPError as error:
            reason = f"Discord is out of reach ({type(error).__name__})"
            raise Unavailable(what="Discord", reason=reason) from error
        if response.status_code == _UNKNOWN_TOKEN:
            return None
        answer = _json(response)
        if not response.is_success or answer is None:
            reason = f"Discord answers with {response.status_code}"
            raise Unavailable(what="Discord", reason=reason)
        return answer


def _json(response: httpx.Response) -> dict[str, Any] | None:
    try:
        answer: object = response.json()
    except ValueError:
        return None
    return cast("dict[str, Any]", answer) if isinstance(answer, dict) else None
