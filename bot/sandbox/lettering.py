"""The band under every demo picture that says what it is. Used by painter.py."""

from PIL import Image, ImageDraw, ImageFont

TITLE = "HugOps demo · not a real model"
_LAST_LATIN = 0x24F  # the font that Pillow brings has Latin letters only
_MOSTLY = 0.5
_SMALLEST = 14  # pixels; below that nobody can read it


def mark(picture: Image.Image, *, prompt: str, seed: int) -> None:
    """Write the band: the title, the prompt, the seed and the size."""
    unit = max(_SMALLEST, min(picture.size) // 42)
    title, small = _font(unit * 1.25), _font(unit * 0.85)
    band, edge = round(unit * 3.6), round(unit * 0.9)
    top = picture.height - band
    strip = picture.crop((0, top, picture.width, picture.height))
    picture.paste(Image.blend(strip, Image.new("RGB", strip.size, (12, 14, 24)), 0.72), (0, top))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, top, round(unit * 0.3), picture.height), fill=(255, 210, 30))
    facts = f"seed {seed} · {picture.width} x {picture.height}"
    draw.text((edge, top + unit * 0.55), TITLE, font=title, fill=(255, 255, 255))
    baseline = top + unit * 2.2
    room = picture.width - 3 * edge - draw.textlength(facts, font=small)
    draw.text((edge, baseline), _fit(draw, prompt, small, room), font=small, fill=(212, 218, 232))
    right = picture.width - edge
    draw.text((right, baseline), facts, font=small, fill=(160, 170, 190), anchor="ra")


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


def _fit(
    draw: ImageDraw.ImageDraw,
    prompt: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    room: float,
) -> str:
    """`prompt` on one line, cut where the room ends."""
    text = _latin(" ".join(prompt.split()))[:300]
    if draw.textlength(text, font=font) <= room:
        return text
    while text and draw.textlength(f"{text}…", font=font) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _latin(text: str) -> str:
    """`text` without what the font cannot draw, or a note when that is most of it."""
    shown = "".join(c for c in text if ord(c) <= _LAST_LATIN and c.isprintable())
    if len(shown) < len(text) * _MOSTLY:
        return "(a prompt in another script)"
    return shown
