"""Paints the demo picture: a landscape that follows from prompt, seed and size, plainly marked.

Called by hub_server.py in a worker thread. The same prompt, seed and size give the same bytes.
The prompt picks the palette and the kind of scene, the seed lays it out.
"""

import hashlib
import io
import math
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.sandbox.lettering import mark
from bot.sandbox.palettes import PALETTES, Colour, Palette, mix

SMOOTH = 2  # painted at twice the size and scaled down, so that edges are smooth
HORIZON = 0.66  # the sky ends here; whatever the land leaves free below is haze


@dataclass(frozen=True, kw_only=True)
class Order:
    """A picture to paint."""

    prompt: str
    seed: int
    width: int = 1024
    height: int = 1024
    mime: str = "image/png"


def paint(order: Order) -> bytes:
    """The encoded picture: PNG, or JPEG when `mime` says so."""
    scene = _scaled(_scene(order), (order.width, order.height), Image.Resampling.BOX)
    mark(scene, prompt=order.prompt, seed=order.seed)
    buffer = io.BytesIO()
    if order.mime == "image/jpeg":
        scene.save(buffer, "JPEG", quality=90)
    else:
        scene.save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()


def _scene(order: Order) -> Image.Image:
    taste = _random(order.prompt)
    layout = _random(f"{order.prompt}\0{order.seed}\0{order.width}x{order.height}")
    palette = taste.choice(PALETTES)
    kind = taste.choice([_mountains, _sea, _dunes])
    size = (order.width * SMOOTH, order.height * SMOOTH)
    canvas = Image.new("RGB", size, palette.sky[-1])
    canvas.paste(_gradient((size[0], round(size[1] * HORIZON)), palette.sky))
    if palette.stars:
        _stars(canvas, layout)
    kind(canvas, palette, layout)
    return canvas


def _random(text: str) -> Random:
    return Random(hashlib.sha256(text.encode()).digest())  # noqa: S311 - a picture, no secret


def _gradient(size: tuple[int, int], stops: tuple[Colour, ...]) -> Image.Image:
    """A vertical gradient through `stops`, evenly spread."""
    rows = 256
    strip = Image.new("RGB", (1, rows))
    for row in range(rows):
        place = row / (rows - 1) * (len(stops) - 1)
        left = min(int(place), len(stops) - 2)
        strip.putpixel((0, row), mix(stops[left], stops[left + 1], place - left))
    return _scaled(strip, size)


def _scaled(
    image: Image.Image,
    size: tuple[int, int],
    how: Image.Resampling = Image.Resampling.BICUBIC,
) -> Image.Image:
    # Pillow's hint for the size mentions numpy, which is not installed here.
    return image.resize(size, how)  # pyright: ignore[reportUnknownMemberType]


def _stars(canvas: Image.Image, layout: Random) -> None:
    draw = ImageDraw.Draw(canvas)
    for _ in range(160):
        x, y = layout.random() * canvas.width, layout.random() ** 1.6 * canvas.height * 0.6
        radius = canvas.width / 1024 * (0.4 + layout.random() ** 3 * 1.5)
        shade = 150 + int(layout.random() * 105)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(shade, shade, 255))


def _sun(canvas: Image.Image, palette: Palette, at: tuple[float, float], radius: float) -> None:
    """A disc with a wide soft glow."""
    small = (canvas.width // 8, canvas.height // 8)
    x, y, r = at[0] * small[0], at[1] * small[1], radius * min(small)
    glow = Image.new("L", small)
    ImageDraw.Draw(glow).ellipse((x - r * 1.5, y - r * 1.5, x + r * 1.5, y + r * 1.5), fill=210)
    glow = glow.filter(ImageFilter.GaussianBlur(r * 1.1))
    light = Image.new("RGB", small, palette.sun)
    halo = ImageChops.multiply(light, Image.merge("RGB", (glow, glow, glow)))
    canvas.paste(ImageChops.screen(canvas, _scaled(halo, canvas.size)))
    x, y, r = at[0] * canvas.width, at[1] * canvas.height, radius * min(canvas.size)
    ImageDraw.Draw(canvas).ellipse((x - r, y - r, x + r, y + r), fill=palette.sun)


def _ridge(width: int, layout: Random, *, rough: float) -> list[float]:
    """Heights from 0 to 1 along a horizon: some slow waves and ever smaller, quicker ones."""
    waves = [
        (layout.uniform(0.7, 1.3) * 1.9**i, layout.uniform(0, math.tau), rough**i) for i in range(7)
    ]
    total = sum(weight for _, _, weight in waves)
    steps = range(width // 4 + 1)
    return [
        0.5 + sum(w * math.sin(f * math.tau * x * 4 / width + p) for f, p, w in waves) / total / 2
        for x in steps
    ]


def _hill(
    canvas: Image.Image,
    heights: list[float],
    top: float,
    depth: float,
    colours: tuple[Colour, Colour],
) -> None:
    """Fill from a ridge down to the bottom; `top` and `depth` are fractions of the height."""
    height, width = canvas.height, canvas.width
    high = int(max(0.0, top) * height)
    line = [(x * 4, (top + (1 - h) * depth) * height - high) for x, h in enumerate(heights)]
    mask = Image.new("L", (width, height - high))
    outline = [(0, height - high), *line, (width, height - high)]
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    canvas.paste(_gradient(mask.size, colours), (0, high), mask)


def _mountains(canvas: Image.Image, palette: Palette, layout: Random) -> None:
    at = (layout.uniform(0.22, 0.78), layout.uniform(0.2, 0.42))
    _sun(canvas, palette, at, layout.uniform(0.05, 0.09))
    layers = layout.randint(5, 7)
    for index in range(layers):
        near = index / (layers - 1)
        colour = mix(palette.far, palette.near, near)
        mist = mix(colour, palette.sky[-1], 0.75 * (1 - near) + 0.1)
        heights = _ridge(canvas.width, layout, rough=0.62 - 0.12 * near)
        top, depth = 0.38 + 0.38 * near, 0.26 - 0.08 * near
        _hill(canvas, heights, top, depth, (colour, mist))
    _birds(canvas, palette, layout)


def _dunes(canvas: Image.Image, palette: Palette, layout: Random) -> None:
    at = (layout.uniform(0.3, 0.7), layout.uniform(0.34, 0.44))
    _sun(canvas, palette, at, layout.uniform(0.14, 0.2))
    for index in range(5):
        near = index / 4
        lit = mix(mix(palette.far, palette.sun, 0.35 * (1 - near)), palette.near, near)
        heights = _ridge(canvas.width, layout, rough=0.3)
        _hill(canvas, heights, 0.48 + 0.32 * near, 0.2, (lit, mix(lit, palette.near, 0.55)))
    _birds(canvas, palette, layout)


def _sea(canvas: Image.Image, palette: Palette, layout: Random) -> None:
    """A coast whose upper part is mirrored in the water."""
    at = (layout.uniform(0.25, 0.75), layout.uniform(0.24, 0.4))
    _sun(canvas, palette, at, layout.uniform(0.06, 0.1))
    shore = 0.6
    for index in range(3):
        colour = mix(palette.far, palette.near, index / 2.6)
        heights = _ridge(canvas.width, layout, rough=0.55)
        mist = mix(colour, palette.sky[-1], 0.5)
        _hill(canvas, heights, shore - 0.22 + 0.07 * index, 0.2, (colour, mist))
    _birds(canvas, palette, layout)
    _water(canvas, palette, shore, layout)


def _water(canvas: Image.Image, palette: Palette, shore: float, layout: Random) -> None:
    line = int(shore * canvas.height)
    depth = canvas.height - line
    mirror = canvas.crop((0, max(0, line - depth), canvas.width, line))
    mirror = mirror.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirror = _scaled(mirror, (canvas.width, depth)).filter(ImageFilter.BoxBlur(canvas.height / 300))
    veil = _gradient(mirror.size, (mix(palette.near, palette.sky[1], 0.5), palette.near))
    canvas.paste(Image.blend(mirror, veil, 0.45), (0, line))
    draw = ImageDraw.Draw(canvas)
    for _ in range(150):
        far = layout.random() ** 1.8
        y = line + far * depth
        length = canvas.width * (0.006 + 0.07 * far) * (0.4 + layout.random())
        x = layout.random() * canvas.width
        shade = mix(palette.sky[-1], palette.near, 0.25 + 0.6 * far)
        thick = canvas.height * (0.0006 + 0.0016 * far)
        draw.ellipse((x - length, y - thick, x + length, y + thick), fill=shade)


def _birds(canvas: Image.Image, palette: Palette, layout: Random) -> None:
    draw = ImageDraw.Draw(canvas)
    x, y = layout.uniform(0.15, 0.75), layout.uniform(0.14, 0.3)
    for _ in range(layout.randint(3, 6)):
        wing = canvas.width * layout.uniform(0.008, 0.015)
        cx = (x + layout.uniform(-0.1, 0.1)) * canvas.width
        cy = (y + layout.uniform(-0.05, 0.05)) * canvas.height
        pen = max(2, canvas.width // 500)
        left = (cx - wing * 2, cy - wing / 2, cx, cy + wing)
        right = (cx, cy - wing / 2, cx + wing * 2, cy + wing)
        draw.arc(left, 200, 345, fill=palette.near, width=pen)
        draw.arc(right, 195, 340, fill=palette.near, width=pen)
