"""Smaller versions of pictures that are too large for the place they should go to.

Pillow works in a thread, one picture at a time: a large one takes a second and much memory. Called
through the Shrinker port by the cards.
"""

import asyncio
import io
from typing import TYPE_CHECKING

import structlog

from bot.core.jobs import Smaller
from bot.hub.pictures import MOST_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image

_TRIES = ((1.0, 90), (1.0, 75), (0.75, 75), (0.5, 75), (0.25, 70), (0.1, 60))  # scale, quality

log = structlog.stdlib.get_logger(__name__)


class PillowShrinker:
    """The Shrinker port."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)

    async def shrink(self, data: bytes, most: int) -> Smaller | None:
        """`data` as a picture of at most `most` bytes; None when a few tries gave none."""
        async with self._turn:
            return await asyncio.to_thread(shrink, data, most)


def shrink(data: bytes, most: int) -> Smaller | None:
    """As JPEG, or WebP where parts are transparent: first of less quality, then of fewer pixels."""
    from PIL import Image  # noqa: PLC0415 - heavy: imported on use

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
        tries = (_encode(plain, scale, quality) for scale, quality in _TRIES)
        return next((made for made in tries if len(made.data) <= most), None)
    except Exception as error:  # noqa: BLE001 - Pillow raises whatever a broken file makes it
        log.warning("A picture was not made smaller", action="shrink", error=type(error).__name__)
        return None


def _encode(image: "Image", scale: float, quality: int) -> Smaller:
    width, height = (max(1, round(side * scale)) for side in image.size)
    fitting = image if scale == 1 else image.resize((width, height))  # pyright: ignore[reportUnknownMemberType] - Pillow leaves the argument half typed
    form = "WEBP" if image.mode == "RGBA" else "JPEG"
    written = io.BytesIO()
    fitting.save(written, format=form, quality=quality)
    mime = f"image/{form.lower()}"
    return Smaller(data=written.getvalue(), mime=mime, width=width, height=height)
