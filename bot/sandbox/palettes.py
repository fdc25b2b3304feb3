"""The colours of the demo pictures. Used by painter.py."""

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Sky from top to horizon, the sun, and the land from far to near."""

    sky: tuple[Colour, ...]
    sun: Colour
    far: Colour
    near: Colour
    stars: bool = False


PALETTES = (
    Palette(  # a clear morning
        sky=((74, 144, 217), (148, 196, 235), (253, 226, 188)),
        sun=(255, 246, 214),
        far=(126, 156, 190),
        near=(22, 52, 66),
    ),
    Palette(  # a red evening
        sky=((61, 31, 84), (187, 62, 92), (246, 142, 86), (255, 205, 128)),
        sun=(255, 226, 160),
        far=(186, 84, 96),
        near=(40, 16, 48),
    ),
    Palette(  # moonlight
        sky=((8, 12, 36), (22, 36, 84), (64, 92, 150)),
        sun=(236, 240, 255),
        far=(52, 76, 130),
        near=(6, 10, 26),
        stars=True,
    ),
    Palette(  # northern dusk
        sky=((13, 20, 48), (24, 72, 96), (58, 150, 140), (186, 232, 186)),
        sun=(240, 255, 226),
        far=(44, 116, 120),
        near=(6, 24, 34),
        stars=True,
    ),
    Palette(  # rose and lilac
        sky=((108, 92, 172), (196, 142, 196), (250, 196, 190), (255, 234, 208)),
        sun=(255, 250, 232),
        far=(160, 122, 178),
        near=(48, 34, 82),
    ),
    Palette(  # desert noon
        sky=((42, 128, 152), (138, 194, 186), (250, 226, 170)),
        sun=(255, 248, 220),
        far=(222, 160, 104),
        near=(112, 50, 36),
    ),
    Palette(  # forest mist
        sky=((120, 160, 150), (180, 206, 186), (236, 240, 214)),
        sun=(255, 255, 238),
        far=(128, 166, 148),
        near=(18, 46, 38),
    ),
    Palette(  # ember
        sky=((28, 14, 30), (96, 28, 40), (206, 74, 40), (250, 168, 70)),
        sun=(255, 214, 130),
        far=(140, 48, 44),
        near=(22, 8, 16),
    ),
)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with `share` (0 to 1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
