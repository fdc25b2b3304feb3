"""How the text of a setting becomes a value: addresses, sizes, seconds, lists of ids.

Called by `bot.config` only. Each function takes text without white space at its ends, and raises
BadValueError with the words that follow the setting's name in a sentence; they never repeat it.
"""

import math
import re
from collections.abc import Callable
from enum import StrEnum
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
SIZE_UNITS = {
    "": 1,
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
}


class BadValueError(ValueError):
    """The text is no such value; the message completes "SETTING …"."""


def address(text: str) -> str:
    """An http(s) address without a trailing slash."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not re.fullmatch(r"https?://\S+", text) or not re.fullmatch(r"[\w.:-]+", host):
        raise BadValueError("must be an http:// or https:// address")
    if "@" in urlsplit(text).netloc:
        raise BadValueError("must not carry a user name or password")
    return text.rstrip("/")


def discord_address(text: str) -> str:
    """Discord's own host over https, or a loopback address."""
    parts = urlsplit(address(text))
    host = parts.hostname or ""
    if host in LOOPBACK:
        return text.rstrip("/")
    if parts.scheme == "https" and (host == "discord.com" or host.endswith(".discord.com")):
        return text.rstrip("/")
    raise BadValueError(
        "must be https://discord.com/api/v10, or an address on this machine "
        "(127.0.0.1, ::1 or localhost): the bot token is sent there"
    )


def database(text: str) -> str:
    """The address of an SQLite file for SQLAlchemy."""
    if text.startswith("postgresql+asyncpg://"):
        raise BadValueError(
            "names PostgreSQL, but this version supports SQLite only: "
            "use sqlite+aiosqlite:///data/hugops.db"
        )
    prefix = "sqlite+aiosqlite:///"
    path = text.removeprefix(prefix)
    if not text.startswith(prefix) or path.startswith((":memory:", "?")) or not path:
        raise BadValueError("must name a file, such as sqlite+aiosqlite:///data/hugops.db")
    return text


def model(text: str) -> str:
    """A model id: `owner/name` or `name`."""
    if not re.fullmatch(r"([A-Za-z0-9][\w.-]*/)?[A-Za-z0-9][\w.-]*", text) or ".." in text:
        raise BadValueError("must be a model id such as owner/name")
    return text


def filled(text: str) -> str:
    """Any text but none."""
    if not text:
        raise BadValueError("must not be blank")
    return text


def size(text: str) -> int:
    """Bytes, from a number and a unit: KB is 1,000 and KiB 1,024; no unit means bytes."""
    match = re.fullmatch(r"(\d{1,15}(?:\.\d{1,6})?)\s*([A-Za-z]*)", text)
    factor = SIZE_UNITS.get(match[2].upper()) if match else None
    amount = math.floor(float(match[1]) * factor) if match and factor else 0
    if amount < 1:
        raise BadValueError("must be a size above zero such as 500 MB or 2 GB")
    return amount


def seconds(text: str) -> float:
    """Seconds above zero."""
    number = float(text) if re.fullmatch(r"\d{1,7}(\.\d{1,6})?", text) else 0.0
    if number <= 0:
        raise BadValueError("must be a number of seconds above zero")
    return number


def whole(low: int, high: int) -> Callable[[str], int]:
    """Make a parser of whole numbers in a range, both ends included."""

    def parse(text: str) -> int:
        number = int(text) if re.fullmatch(r"[0-9]{1,20}", text) else -1
        if not low <= number <= high:
            raise BadValueError(f"must be a whole number from {low} to {high}")
        return number

    return parse


def numbers(text: str) -> tuple[int, ...]:
    """Whole numbers parted by commas or white space, each once, in the order given."""
    words = text.replace(",", " ").split()
    if not all(re.fullmatch(r"[0-9]{1,19}", word) for word in words):
        raise BadValueError("must be whole numbers parted by commas or spaces")
    return tuple(dict.fromkeys(int(word) for word in words))


def one_of(choices: type[StrEnum]) -> Callable[[str], StrEnum]:
    """Make a parser of the words of an enum, in any case."""

    def parse(text: str) -> StrEnum:
        if text.lower() not in set(choices):
            raise BadValueError(f"must be one of {', '.join(choices)}")
        return choices(text.lower())

    return parse
