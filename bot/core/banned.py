"""Words a server does not want in prompts: found whatever case, accents or width they are in.

A word is found whole, never inside another; a phrase is found as its words in a row. Scripts that
put no spaces between words are compared sign by sign. Called by core/checks.py and services.
"""

import unicodedata
from collections.abc import Iterable

_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
_DROPPED = {"Mn", "Me", "Cf"}  # combining marks, joiners, zero-width and direction signs
_FILLERS = set("\u115f\u1160\u3164\uffa0")  # letters of Hangul by name, and nothing to see


def folded(text: str) -> str:
    """The words of `text` as they are compared, with one space between two of them."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (sign for sign in plain if not _is_unseen(sign))
    return " ".join("".join(_spaced(sign) for sign in kept).split())


def holds_banned(text: str, banned: Iterable[str]) -> bool:
    """Whether one of the `banned` words or phrases is in `text`."""
    words = f" {folded(text)} "
    return any(f" {phrase} " in words for phrase in map(folded, banned) if phrase)


def _is_unseen(sign: str) -> bool:
    return sign in _FILLERS or unicodedata.category(sign) in _DROPPED


def _spaced(sign: str) -> str:
    if unicodedata.category(sign) in {"So", "Sk"} or _stands_alone(sign):
        return f" {sign} "
    return sign if sign.isalnum() else " "


def _stands_alone(sign: str) -> bool:
    return not sign.isascii() and unicodedata.name(sign, "").startswith(_UNSPACED)
