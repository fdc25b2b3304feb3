"""What an error of the line to Discord means, by Discord's own codes. Called by the senders."""

import asyncio
from enum import Enum, auto

import aiohttp
import discord

LINE_ERRORS = (discord.DiscordException, aiohttp.ClientError, OSError, asyncio.TimeoutError)
ALREADY_ANSWERED = 40060
UNKNOWN_INTERACTION = 10062
NO_HISTORY = 160002  # may post, but not as a reply

_TOKEN_GONE = {50027, 10015, UNKNOWN_INTERACTION}
_TOO_LARGE = {40005, 50045}
_STATUS_TOO_LARGE = 413
_STATUS_SLOW_DOWN = 429
_STATUS_OUR_TOKEN = 401
_STATUS_THEIR_FAULT = 500


class Meaning(Enum):
    """What to do about it."""

    LATER = auto()  # Discord or the line is in trouble: the same again, later
    TOO_LARGE = auto()  # say it in words
    NO_WAY = auto()  # this way is closed for good: the next one


def meaning_of(error: Exception) -> Meaning:
    """What an error of LINE_ERRORS means for a delivery."""
    if not isinstance(error, discord.HTTPException):
        return Meaning.LATER
    if error.status == _STATUS_TOO_LARGE or error.code in _TOO_LARGE:
        return Meaning.TOO_LARGE
    if error.code in _TOKEN_GONE:
        return Meaning.NO_WAY
    temporary = error.status >= _STATUS_THEIR_FAULT
    if temporary or error.status in {_STATUS_SLOW_DOWN, _STATUS_OUR_TOKEN}:
        return Meaning.LATER
    return Meaning.NO_WAY


def is_token_gone(error: Exception) -> bool:
    """Whether the interaction's token is dead: it must not be used again."""
    return code_of(error) in _TOKEN_GONE


def is_unanswerable(error: Exception) -> bool:
    """Whether another call for the interaction is useless and, counted, a step towards a ban."""
    banned = isinstance(error, discord.HTTPException) and error.status == _STATUS_SLOW_DOWN
    return banned or is_token_gone(error) or code_of(error) == ALREADY_ANSWERED


def code_of(error: Exception) -> int | None:
    """Discord's own code, when there is one."""
    return error.code if isinstance(error, discord.HTTPException) else None


def in_short(error: Exception) -> str:
    """An error for the log: never an address, which could hold an interaction token."""
    if isinstance(error, discord.HTTPException):
        return f"{type(error).__name__} {error.status} {error.code}"
    return type(error).__name__
