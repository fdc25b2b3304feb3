"""Text for Discord: escaping what people typed, timestamps, counts, gauges. Called by the cards."""

from datetime import datetime

from bot.core.checks import visible
from bot.core.prices import NUSD_PER_USD, Basis, Cost

QUOTE_MAX = 400
_SPECIAL = frozenset("\\`*_~|<>[]:@")
_GAP = "\u200b"  # parts what would otherwise be a mention, an emoji, a timestamp or a link
_GAUGE_CELLS = 8
_MEGABYTE = 1_048_576


def quote(text: str, most: int = QUOTE_MAX) -> str:
    """What somebody typed, in quotation marks, on one line, with nothing active left in it.

    `most` bounds the length of what comes out. The opening mark keeps headings, lists and quotes
    from starting a line.
    """
    return f"“{escape(text, most - 2)}”"


def escape(text: str, most: int = QUOTE_MAX) -> str:
    """`text` on one line with markdown and mentions switched off, at most `most` characters."""
    pieces = [_harmless(char) for char in " ".join(visible(text).split())]
    length = sum(len(piece) for piece in pieces)
    if length <= most:
        return "".join(pieces)
    while pieces and length > most - 1:
        length -= len(pieces.pop())
    return "".join(pieces).rstrip() + "…"


def _harmless(char: str) -> str:
    if char in "@<":
        return f"\\{char}{_GAP}"
    return f"\\{char}" if char in _SPECIAL else char


def code(text: str, most: int = 100) -> str:
    """`text` as inline code that cannot be broken out of."""
    plain = shorten(" ".join(visible(text).replace("`", "'").split()), most)
    return f"`{plain.replace('@', '@' + _GAP)}`" if plain else "nothing"


def block(text: str, most: int) -> str:
    """`text` as a code block, to be copied."""
    plain = shorten(text.replace("`", "'"), most - 8)
    return f"```\n{plain}\n```"


def shorten(text: str, most: int) -> str:
    """At most `most` characters of `text`."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def relative(at: datetime) -> str:
    """`in 5 minutes`, counted by the reader's client."""
    return f"<t:{_unix(at)}:R>"


def clock(at: datetime) -> str:
    """`14:37` in the reader's zone."""
    return f"<t:{_unix(at)}:t>"


def day(at: datetime) -> str:
    """`14 October 2026` in the reader's zone."""
    return f"<t:{_unix(at)}:D>"


def moment(at: datetime) -> str:
    """Day and time in the reader's zone."""
    return f"<t:{_unix(at)}:f>"


def _unix(at: datetime) -> int:
    return int(at.timestamp())


def count(number: int) -> str:
    """`765,432`."""
    return f"{number:,}"


def jump_link(guild_id: int, channel_id: int, message_id: int) -> str:
    """The address of a message, as Discord's clients follow it."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def plural(number: int, noun: str) -> str:
    """`1 slot`, `2 slots`."""
    return f"{count(number)} {noun}" if number == 1 else f"{count(number)} {noun}s"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `4th`."""
    teen = 10 < number % 100 < 14  # noqa: PLR2004 - 11th, 12th, 13th
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{count(number)}{ending}"


def seconds(length: float) -> str:
    """`7.2 s`."""
    return f"{length:,.1f} s"


def span(length: float) -> str:
    """A length in seconds as people write it: `2 s`, `30m`, `2h`, `3d`."""
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if length >= unit and length % unit == 0:
            return f"{count(int(length // unit))}{name}"
    return f"{length:g} s"


def megabytes(size: int) -> str:
    """`14 MB`, `67.3 KB`."""
    if size < _MEGABYTE:
        return f"{size / 1024:.3g} KB"
    return f"{size / _MEGABYTE:.3g} MB"


_LEAST_SHOWN_USD = 0.0001  # less would read as nothing


def usd(amount_nusd: int) -> str:
    """`$0.10`, and as many digits as a fraction of a cent needs."""
    amount = amount_nusd / NUSD_PER_USD
    if 0 < amount < _LEAST_SHOWN_USD:
        return f"under ${_LEAST_SHOWN_USD}"
    return f"${amount:,.2f}" if amount == round(amount, 2) else f"${amount:,.4f}"


def cost(spent: Cost) -> str:
    """An amount with its basis: `est. $0.0012`, `$0.0012`, `cost unknown`."""
    match spent.basis, spent.amount_nusd:
        case Basis.ACTUAL, int(amount):
            return usd(amount)
        case Basis.ESTIMATED, int(amount):
            return f"est. {usd(amount)}"
        case _:
            return "cost unknown"


def gauge(used: int, cap: int) -> str:
    """`▕███░░░░░▏ 12/30`: words and a bar, never a colour alone."""
    share = min(used / cap, 1.0) if cap > 0 else 1.0
    full = round(share * _GAUGE_CELLS)
    if used and not full:
        full = 1
    return f"▕{'█' * full}{'░' * (_GAUGE_CELLS - full)}▏ {count(used)}/{count(cap)}"
