"""Pictures made smaller: they fit, they decode, and nothing makes it work without end."""

import io
import random
from typing import Any

import pytest
from PIL import Image

from bot.core.jobs import Smaller
from bot.hub import shrinking
from bot.hub.shrinking import PillowShrinker, shrink


def noise(size: tuple[int, int], mode: str = "RGB", **extra: Any) -> bytes:
    dice = random.Random(7)  # noqa: S311 - the same noise every time
    pixels = dice.randbytes(size[0] * size[1] * len(mode))
    written = io.BytesIO()
    Image.frombytes(mode, size, pixels).save(written, "PNG", **extra)
    return written.getvalue()


def decoded(made: Smaller | None) -> Image.Image:
    assert made
    image = Image.open(io.BytesIO(made.data))
    image.load()
    assert (image.size, Image.MIME[image.format or ""]) == ((made.width, made.height), made.mime)
    return image


@pytest.mark.parametrize("most", [80_000, 50_000, 20_000, 2_000, 800])
def test_what_comes_out_fits(most: int) -> None:
    made = shrink(noise((256, 192)), most)
    assert decoded(made).format == "JPEG"
    assert made
    assert len(made.data) <= most


def test_quality_goes_before_pixels() -> None:
    assert decoded(shrink(noise((256, 192)), 80_000)).size == (256, 192)
    assert decoded(shrink(noise((256, 192)), 3_000)).size[0] < 256


def test_transparency_is_kept() -> None:
    image = decoded(shrink(noise((64, 64), "RGBA"), 8_000))
    assert (image.format, image.mode) == ("WEBP", "RGBA")


def test_what_a_file_says_of_itself_is_left_out() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    made = shrink(noise((64, 64), exif=exif), 8_000)
    assert made
    assert b"secret" not in made.data


@pytest.mark.parametrize("data", [b"", b"no picture", noise((64, 64))[:200]])
def test_what_is_no_picture_gives_none(data: bytes) -> None:
    assert shrink(data, 10_000) is None


def test_it_gives_up_after_a_few_tries() -> None:
    assert shrink(noise((256, 192)), 10) is None


def test_a_bomb_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shrinking, "MOST_PIXELS", 63 * 64)
    assert shrink(noise((64, 64)), 10_000) is None


async def test_it_works_beside_the_loop() -> None:
    made = await PillowShrinker().shrink(noise((64, 64)), 4_000)
    assert decoded(made).format == "JPEG"
