"""Request bodies of the REST stand-in: JSON, or multipart with `payload_json` and files."""

import json
from dataclasses import dataclass, field
from typing import Any, cast

from aiohttp import BodyPartReader, web

from bot.sandbox.discord_errors import ApiError, Problem
from bot.sandbox.json_shapes import Json

MEBIBYTE = 1024 * 1024
REQUEST_LIMIT = 25 * MEBIBYTE
FILE_LIMIT = 10 * MEBIBYTE
# Read a little past the limit: a refusal in the middle of an upload would look like a broken line.
READ_LIMIT = 64 * MEBIBYTE


@dataclass(kw_only=True)
class Upload:
    """A file that is sent along: by the bot in a form, or by a person with a command."""

    filename: str
    data: bytes = field(repr=False)
    content_type: str = "application/octet-stream"
    field_name: str = "files[0]"
    # Given to a file that a person attaches to a command, before the command is sent.
    id: int | None = None


@dataclass(kw_only=True)
class Body:
    payload: Any = None
    uploads: list[Upload] = field(default_factory=list[Upload])
    content_type: str | None = None

    @property
    def fields(self) -> Json:
        return cast("Json", self.payload) if isinstance(self.payload, dict) else {}

    def check_sizes(self, file_limit: int) -> None:
        if sum(len(upload.data) for upload in self.uploads) > REQUEST_LIMIT:
            raise ApiError(Problem.TOO_LARGE)
        if any(len(upload.data) > file_limit for upload in self.uploads):
            raise ApiError(Problem.TOO_LARGE)


async def read_body(request: web.Request) -> Body:
    if request.content_type == "multipart/form-data":
        return await _read_form(request)
    raw = await request.read()
    if not raw:
        return Body()
    return Body(payload=_decode(raw), content_type=request.content_type)


async def _read_form(request: web.Request) -> Body:
    body = Body(content_type="multipart/form-data")
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read())
        if part.name == "payload_json":
            body.payload = _decode(data)
        else:
            body.uploads.append(_upload(part, data))
    return body


def _upload(part: BodyPartReader, data: bytes) -> Upload:
    declared = part.headers.get("Content-Type", "application/octet-stream")
    return Upload(
        filename=part.filename or "unknown",
        data=data,
        content_type=declared.partition(";")[0],
        field_name=part.name or "",
    )


def _decode(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError(Problem.INVALID_JSON) from None
