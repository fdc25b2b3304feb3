"""What the Hub says of a model, for the doctor: is it there, how quick, who serves it.

The Catalogue port. What the Hub leaves out or garbles is left out, never an error.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import quote

import httpx

from bot.core.checkup import Sighting
from bot.hub.client import ours

LOOK_SECONDS = 4.0


class HubCatalogue:
    """Asks the Hub about models."""

    def __init__(self, client: httpx.AsyncClient, hub_url: str, token: str | None) -> None:
        self._client = client
        self._base = f"{hub_url}/api/models"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def look(self, model: str) -> Sighting:
        """What the Hub says of a model, whatever it says. Raises Failed when it is silent."""
        started = time.monotonic()
        async with ours():
            response = await self._client.get(
                f"{self._base}/{quote(model, safe='/')}",
                params={"expand[]": "inferenceProviderMapping"},
                headers=self._headers,
                timeout=LOOK_SECONDS,
            )
        return Sighting(
            seconds=time.monotonic() - started,
            status=response.status_code,
            said_at=_date(response.headers.get("date", "")),
            providers=_providers(response),
        )


def _date(header: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _providers(response: httpx.Response) -> Mapping[str, str] | None:
    """Name and state of each provider; the Hub sends a list or an object, by its version."""
    try:
        answer = _dict(response.json())
    except ValueError:
        return None
    served: object = answer.get("inferenceProviderMapping")
    if isinstance(served, list):
        entries = [_dict(entry) for entry in cast("list[object]", served)]
        return {str(entry.get("provider")): str(entry.get("status")) for entry in entries}
    if not isinstance(served, dict):
        return None
    known = cast("dict[str, object]", served)
    return {name: str(_dict(entry).get("status")) for name, entry in known.items()}


def _dict(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
