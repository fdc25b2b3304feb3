"""What went over the REST wire, and orders to make the next calls fail.

The record is what `validate_discord.py` reads: one JSON object per exchange.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.sandbox.discord_answers import answer
from bot.sandbox.discord_bodies import Body
from bot.sandbox.json_shapes import Json

TOO_MANY_REQUESTS = 429


class Traffic:
    """All exchanges so far, also appended to a file when one is named."""

    def __init__(self, record: Path | None = None) -> None:
        self.exchanges: list[Json] = []
        self._record = record

    def add(self, request: web.Request, body: Body, response: web.Response) -> Json:
        exchange: Json = {
            "at": datetime.now(UTC).isoformat(),
            "method": request.method,
            "path": request.raw_path,
            "request_body": body.payload,
            "status": response.status,
            "response_body": _body_of(response),
        }
        if body.content_type is not None:
            exchange["content_type"] = body.content_type
        if body.uploads:
            exchange["files"] = [
                {
                    "name": upload.field_name,
                    "filename": upload.filename,
                    "size": len(upload.data),
                }
                for upload in body.uploads
            ]
        self.exchanges.append(exchange)
        return exchange

    def write(self, exchange: Json) -> None:
        """Append to the file; the page of a proxy in front of Discord is not Discord's word."""
        if self._record is None or isinstance(exchange["response_body"], str):
            return
        with self._record.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(exchange, ensure_ascii=False) + "\n")


def _body_of(response: web.Response) -> Any:
    return json.loads(response.body) if isinstance(response.body, bytes) else None


class FaultKind(Enum):
    ANSWER = "answer"  # refuse with the status, nothing is done
    RESET = "reset"  # cut the connection, nothing is done
    LOSE = "lose"  # do what was asked, then cut the connection
    SLOW = "slow"  # do what was asked, late


@dataclass(kw_only=True)
class Fault:
    """Fail the next `times` calls whose method and path fit.

    The path is a shell pattern without the API prefix and query, as in `/webhooks/*/@original`.
    """

    path: str
    method: str = "*"
    name: str = ""  # how the drawer calls it
    times: int | None = 1  # None: until cleared
    kind: FaultKind = FaultKind.ANSWER
    status: int = 500
    code: int = 0
    message: str = "Something broke on purpose"
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    retry_after_s: float = 0.1
    hits: int = 0

    @property
    def left(self) -> int | None:
        return None if self.times is None else self.times - self.hits

    def fits(self, method: str, path: str) -> bool:
        if self.left == 0:
            return False
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.path)

    def response(self) -> web.Response:
        body: Any = self.body
        if body is None:
            body = {"message": self.message, "code": self.code}
        headers = dict(self.headers)
        if self.status == TOO_MANY_REQUESTS and self.body is None:
            everywhere = "X-RateLimit-Global" in self.headers
            body |= {"retry_after": self.retry_after_s, "global": everywhere}
            # The bot's library takes a 429 without `Via` for a ban and gives up at once.
            headers = {"Via": "1.1 sandbox", "Retry-After": str(self.retry_after_s)} | headers
        made = answer(body)
        made.set_status(self.status)
        made.headers.update(headers)
        return made


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """The first order that fits this call, counted as used."""
        for fault in self._faults:
            if fault.fits(method, path):
                fault.hits += 1
                return fault
        return None

    def queued(self) -> list[Fault]:
        """The orders that still wait for calls."""
        return [fault for fault in self._faults if fault.left != 0]

    def clear(self) -> None:
        self._faults.clear()
