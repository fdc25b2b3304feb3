"""Whether some bytes are a picture, proved by decoding them. Called by inference.py in a thread."""

import io
from dataclasses import dataclass

from bot.core.errors import Cause, Failed, Reach

MOST_PIXELS = 40_000_000  # more than anything on offer; beyond it a small file may be a bomb

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"RIFF", "image/webp"),
)


@dataclass(frozen=True, kw_only=True)
class Looks:
    """What a picture is, whatever its sender called it."""

    mime: str
    width: int
    height: int


def inspect(data: bytes) -> Looks:
    """Decode `data` completely. Raises Failed when it is not a whole picture."""
    mime = _sniff(data)
    if mime is None:
        raise _not_a_picture()
    try:
        width, height = _decode(data)
    except Exception as error:  # Pillow's decoders raise whatever a broken file makes them
        raise _not_a_picture() from error
    return Looks(mime=mime, width=width, height=height)


def _decode(data: bytes) -> tuple[int, int]:
    from PIL import Image  # noqa: PLC0415 - heavy: imported on use

    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise ValueError("more pixels than any picture on offer")
        image.load()
        return width, height


def _sniff(data: bytes) -> str | None:
    for magic, mime in _MAGIC:
        if data.startswith(magic) and (mime != "image/webp" or data[8:12] == b"WEBP"):
            return mime
    return None


def _not_a_picture() -> Failed:
    return Failed(cause=Cause.NOT_A_PICTURE, reach=Reach.ANSWERED, status=200)
