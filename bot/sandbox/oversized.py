"""Pictures that are too much: large ones that nothing compresses, small ones that grow when read.

Sent by generate.py under the faults `large` and `bomb`.
"""

import io
import random
from functools import cache

from PIL import Image

NOISE_SIDE = 2048  # about 12 MB, which is above the upload limit of most servers
BOMB_SIDE = 20_000  # 400 million pixels in some fifty kilobytes


@cache
def noise() -> bytes:
    """A whole PNG of noise."""
    pixels = random.Random(7).randbytes(NOISE_SIDE * NOISE_SIDE * 3)  # noqa: S311 - no secret
    return _png(Image.frombytes("RGB", (NOISE_SIDE, NOISE_SIDE), pixels))


@cache
def bomb() -> bytes:
    """A whole PNG of nothing, far larger than it looks."""
    return _png(Image.new("1", (BOMB_SIDE, BOMB_SIDE)))


def _png(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "PNG", compress_level=1)
    return data.getvalue()
