"""The only place where refusals and failures become sentences.

Plain words, one next step. No token, address, HTML or stack trace passes through here: what comes
from outside is escaped. Called by errors.py, the cards and delivery.py.
"""

from datetime import datetime
from typing import assert_never
from zlib import crc32

from bot.core.access import Role
from bot.core.checks import Lowered
from bot.core.errors import (
    OVERSIZED,
    AlreadyReported,
    BadValue,
    Blocked,
    Cause,
    NotAllowed,
    NotInServer,
    QueueDraining,
    Refused,
    ServerNotServed,
    SharedOnly,
    TooLate,
    TooManyWaiting,
    Unavailable,
    UnknownJob,
)
from bot.core.jobs import Job
from bot.core.outcomes import MAX_TRIES
from cogs._format import clock, code, day, escape, megabytes, moment, plural, relative
from cogs._report_words import REPORTS, already_reported
from cogs._rule_words import RULES, draining, withdrawn

RETURNED = "Your slot was returned."
STALE_BUTTON = "**This button is from an older version.** Run the command again."
STALE_COMMAND = (
    "**This command has changed since your Discord last loaded it.** "
    "Reload Discord (Ctrl+R) and run it again."
)

KnownRefusal = (
    BadValue | NotAllowed | TooManyWaiting | UnknownJob | TooLate | Blocked | QueueDraining
)

_PLAIN: dict[type[Refused], str] = {
    NotInServer: (
        "**This works in a server, not in a direct message.** Use it in a channel of your server."
    ),
    ServerNotServed: (
        "**I do not work for this server yet.** My owner can add it to `HUGOPS_GUILDS`."
    ),
    SharedOnly: (
        "**Only the person who shared this picture sees more than its card shows.** "
        "Make your own from it with **Reroll** or **Edit**."
    ),
    **RULES,
    **REPORTS,
}
_STANDS = {
    "queued": "waiting",
    "leased": "being made",
    "sent": "being made",
    "done": "done",
    "failed": "over: it failed",
    "cancelled": "cancelled",
}


def refusal(error: Refused) -> str:
    """The sentence of a refusal."""
    if isinstance(error, KnownRefusal):
        return _refusal(error)
    if isinstance(error, AlreadyReported):
        return already_reported(error.at)
    return _PLAIN.get(type(error), "**That is not possible here.** See `/help`.")


def _refusal(error: KnownRefusal) -> str:
    match error:
        case BadValue():
            return bad_value(error.option, error.given, error.allowed)
        case NotAllowed():
            whom = "Ask the bot's owner." if error.needs is Role.OWNER else "Ask an admin."
            return f"**{_action(error.action)} needs the {error.needs.word} role.** {whom}"
        case TooManyWaiting():
            return _too_many(error)
        case UnknownJob():
            return (
                f"**There is no job {code(error.key, 40)} here for you.** "
                "`/jobs list` has what was made, `/jobs queue` what waits."
            )
        case Blocked() | QueueDraining():
            return _by_admin(error)
        case TooLate():
            stands = _STANDS.get(error.state, escape(error.state, 40))
            show = f"`/jobs show job:{error.key}`"
            return f"**Too late: this image is already {stands}.** See it with {show}."
        case _:
            assert_never(error)


def _by_admin(error: Blocked | QueueDraining) -> str:
    if isinstance(error, QueueDraining):
        return draining(error.reason)
    end = f" until {moment(error.until_at)}" if error.until_at else ""
    return f"**You are blocked from using me in this server{end}.** Ask an admin of the server."


def bad_value(option: str, given: str, allowed: str) -> str:
    """An impossible value, with the range."""
    here = "" if allowed.startswith("a ") else " here"
    return f"**`{option}` must be {allowed}{here}; you gave {escape(given, 120)}.**"


def lowered(cap: Lowered) -> str:
    """A cap that was applied."""
    return f"{bad_value(cap.option, cap.given, cap.allowed)} I used {cap.used}."


def _action(action: str) -> str:
    return code(action, 60) if action.startswith("/") else action


def _too_many(error: TooManyWaiting) -> str:
    until = relative(error.frees_at) if error.frees_at else "one of them to start"
    have = f"**You already have {plural(error.waiting, 'image')} waiting.**"
    return f"{have} Cancel one with `/jobs cancel` or wait for {until}."


def our_fault(ref: str, *, returned: bool) -> str:
    """A bug or a store that cannot be used; `returned` where an image was asked for."""
    said = f"**Something went wrong on my side (ref {ref}).** It was logged."
    return f"{said} {RETURNED}" if returned else said


def unavailable(error: Unavailable, ref: str) -> str:
    """Our own ledger or media store does not answer."""
    what = escape(error.what, 40)
    return (
        f"**Something went wrong on my side (ref {ref}): the {what} cannot be used right now.** "
        "It was logged. Nothing was queued or charged; try again in a minute."
    )


def ref_of(key: str) -> str:
    """The reference under which a job's failure on our side is found in the log."""
    return f"{crc32(key.encode()) & 0xFFFF:04x}"


def failure(job: Job, default_model: str) -> str:
    """Why a job that is over gave no picture."""
    cause = job.cause or Cause.OUR_FAULT
    return f"{_ended(cause, job, default_model)} {RETURNED}"


def _ended(cause: Cause, job: Job, default_model: str) -> str:
    match cause:
        case Cause.TOKEN_INVALID | Cause.TOKEN_REFUSED | Cause.CREDIT_SPENT | Cause.CREDIT_MAYBE:
            return _account(cause, job.done_at or job.created_at)
        case (
            Cause.MODEL_MISSING
            | Cause.NOT_SERVED
            | Cause.GATED
            | Cause.MODEL_RETIRED
            | Cause.REJECTED
        ):
            return _request(cause, job, default_model)
        case Cause.NO_ANSWER | Cause.LOADING | Cause.SLOW_DOWN:
            tries = max(job.tries, MAX_TRIES)
            return f"**Hugging Face did not answer after {tries} tries.**"
        case Cause.NOT_A_PICTURE | Cause.BROKEN_LINE | Cause.RESTARTED:
            return _TOO_MUCH if job.detail == OVERSIZED else _BROKEN[cause]
        case Cause.EXPIRED | Cause.CLEARED | Cause.BLOCKED:
            return withdrawn(job)
        case Cause.OUR_FAULT:
            ref = ref_of(job.key)
            return f"**Something went wrong on my side (ref {ref}).** It was logged."
        case _:
            assert_never(cause)


_TOO_MUCH = "**Hugging Face sent a file that is too large to be used.**"
_BROKEN = {
    Cause.NOT_A_PICTURE: "**Hugging Face sent something that is not a picture.**",
    Cause.BROKEN_LINE: (
        "**The connection broke while it was working.** I cannot tell if it was made."
    ),
    Cause.RESTARTED: (
        "**I restarted while Hugging Face was working on this.** I cannot tell if it was made."
    ),
}


def _account(cause: Cause, at: datetime) -> str:
    if cause is Cause.TOKEN_INVALID:
        return "**The bot's Hugging Face token is invalid or revoked.** Admins: `/admin doctor`."
    if cause is Cause.TOKEN_REFUSED:
        return (
            "**The bot's Hugging Face token was refused.** "
            "Admins: it lacks *Make calls to Inference Providers*, see `/admin doctor`."
        )
    return (
        f"**Hugging Face says this account's included credit is spent for {at:%B %Y}.** "
        "Admins: `/account billing`."
    )


def _request(cause: Cause, job: Job, default_model: str) -> str:
    model = code(job.request.model)
    instead = f" Try {code(default_model)}." if default_model != job.request.model else ""
    if cause is Cause.MODEL_MISSING:
        return f"**{model} does not exist.** Look with `/hf search`."
    if cause is Cause.NOT_SERVED:
        return f"**No provider serves {model} right now.**{instead}"
    if cause is Cause.GATED:
        return f"**{model} needs its licence accepted on Hugging Face first.**"
    if cause is Cause.MODEL_RETIRED:
        return f"**Hugging Face no longer serves {model}.** It was taken off the menu.{instead}"
    reason = escape(job.detail, 300) or "it gave no reason"
    return f"**Hugging Face did not accept this request: {reason}.**"


def credit_checked(until_at: datetime | None) -> str:
    """A refusal for want of credit that may be temporary."""
    when = f"Checking again {relative(until_at)}" if until_at else "Checking again soon"
    return (
        "**Hugging Face says the included credit is used; that can be temporary.** "
        f"{when}; your image keeps its place."
    )


def slowed_down(until_at: datetime | None) -> str:
    """Hugging Face asked for fewer calls."""
    when = f" {relative(until_at)}" if until_at else " soon"
    return f"**Hugging Face asked us to slow down; trying again{when}.**"


def waking_up() -> str:
    """The model is being loaded."""
    return "**The model is waking up (about 20 s).** It will continue by itself."


def alert(cause: Cause, at: datetime) -> str:
    """A failure that needs an admin, for the alerts channel; it names nobody and no server."""
    return f"🚨 {_account(cause, at)} Pictures fail until that is put right; I say this once a day."


def window_full(used: str, starts_at: datetime | None) -> str:
    """The shared hour is used up."""
    when = f", about {clock(starts_at)}" if starts_at else ""
    return (
        f"**The shared free-tier window is full ({used} this hour).** "
        f"Your image is queued{when}. Nothing to do."
    )


def smaller(size: int, most: int | None, until_at: datetime) -> str:
    """A picture above the upload limit of the place it should go to, re-encoded."""
    return (
        f"{_above(size, most)} Here is a smaller one; the original stays until {day(until_at)}, "
        "`/jobs show`."
    )


def original_too_large(size: int, most: int, media: str, until_at: datetime) -> str:
    """An original that cannot be sent here at all."""
    return (
        f"{_above(size, most)} Whoever runs me can copy the original, {code(media)}, "
        f"from my store until {day(until_at)}."
    )


def _above(size: int, most: int | None) -> str:
    if most is None:
        return f"**Discord did not take a file of {megabytes(size)}.**"
    return f"**The file is {megabytes(size)} and this server allows {megabytes(most)}.**"


DELETED = "**Deleted.** The picture is gone from my store as well."
PICTURE_GONE = "**The picture is no longer in my store.** Ask for it again with `/imagine`."
NO_RESULT = (
    "**This message is no picture of mine.** Use this on a card of `/imagine`, "
    "or look with `/jobs list`."
)
NOTIFIED = (
    "🔔 **I will tell you once when this image is over.** Press again if you do not want that."
)
NOT_NOTIFIED = "🔕 **I will not tell you.** Press again if you want to hear of it after all."
FILE_REFUSED = (
    "**Discord did not take the file: it is too large for this server.** "
    "Ask for a smaller picture with **Edit**."
)


def told_late(keys: list[str]) -> str:
    """Results that found no way to the person."""
    shown = ", ".join(f"`/jobs show job:{key}`" for key in keys)
    return f"**A result could not reach you earlier.** See it with {shown}."
