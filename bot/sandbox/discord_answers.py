"""Plain JSON answers whose content type is exactly what Discord sends."""

import json
from http import HTTPStatus
from typing import Any

from aiohttp import web


def answer(body: Any, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """With a charset in the content type the bot's library would take the body for text."""
    encoded = json.dumps(body, separators=(",", ":")).encode()
    return web.Response(body=encoded, status=status, content_type="application/json")


def no_content() -> web.Response:
    return web.Response(status=HTTPStatus.NO_CONTENT)
