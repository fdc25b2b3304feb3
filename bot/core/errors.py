"""The error tree of the house. Everything that can go wrong and matter to a person is one of these.

    HugOpsError
    ├── Refused             the person can do something about it; nothing was queued or charged
    │   ├── BadValue        an option holds an impossible value
    │   ├── NotAllowed      the action needs a higher role
    │   ├── NotInServer     the command was used in a direct message
    │   ├── ServerNotServed this server is not one of those the bot works for
    │   ├── TooManyWaiting  the person already has as many jobs waiting as one may have
    │   ├── UnknownJob      no such job that this person may see
    │   ├── SharedOnly      of a private job that was shared, others see its card and no more
    │   ├── TooLate         the job has gone too far for this action
    │   ├── Blocked         an admin took the bot away from this person, in this server
    │   ├── CannotBlock     admins and owners cannot be blocked
    │   ├── QueueDraining   an admin lets the queue run empty: no new jobs
    │   ├── BannedWord      the prompt holds a word that this server does not want
    │   ├── RestrictedOnly  this server has pictures made in age-restricted channels only
    │   ├── NotShownHere    the picture must not appear in a channel that is not age-restricted
    │   ├── NothingToReport there is no picture of the job, or none any more
    │   ├── AlreadyReported the person reported this picture before
    │   ├── UnknownReport   no such report in this server
    │   └── Unconfirmed     the confirmation lapsed, was used, or is somebody else's
    ├── Failed              one attempt at Hugging Face did not give a picture (see Cause and Reach)
    ├── Superseded          another process holds the job now; this one must let go of it
    └── Unavailable         our ledger, media store, disk or port, or Discord's REST, is out of use

Raised by core, services, hub and ledger; turned into words by cogs/_words.py and nowhere else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.core.access import Role


class HugOpsError(Exception):
    """Base of everything the house raises on purpose."""


class Refused(HugOpsError):
    """The person is told why and what to do; nothing was queued or charged."""


@dataclass(kw_only=True, eq=False)
class BadValue(Refused):
    """`option` holds `given`; `allowed` says in words what it takes."""

    option: str
    given: str
    allowed: str


@dataclass(kw_only=True, eq=False)
class NotAllowed(Refused):
    """`action` (a command as people type it, or a button's word) needs the role `needs`."""

    action: str
    needs: Role


class NotInServer(Refused):
    """The command was used in a direct message, where no server's rules apply."""


class ServerNotServed(Refused):
    """The bot works for other servers only, or nobody has said yet which ones it works for."""


@dataclass(kw_only=True, eq=False)
class TooManyWaiting(Refused):
    """The person has `waiting` jobs waiting, as many as allowed; one starts about `frees_at`."""

    waiting: int
    frees_at: datetime | None


@dataclass(kw_only=True, eq=False)
class UnknownJob(Refused):
    """`key` names no job, or one that this person may not see."""

    key: str


class SharedOnly(Refused):
    """A private job that its person shared: what its card shows is all that others see of it."""


@dataclass(kw_only=True, eq=False)
class TooLate(Refused):
    """The job `key` is already `state`, so the action has nothing left to act on."""

    key: str
    state: str


@dataclass(kw_only=True, eq=False)
class Blocked(Refused):
    """An admin blocked the person here until `until_at` (None: until unblocked)."""

    until_at: datetime | None


class CannotBlock(Refused):
    """An admin or owner was to be blocked."""


@dataclass(kw_only=True, eq=False)
class QueueDraining(Refused):
    """No new jobs are taken here; `reason` is what the admin said."""

    reason: str


class BannedWord(Refused):
    """The prompt holds a word that this server does not want; it is not repeated."""


class RestrictedOnly(Refused):
    """Pictures are made in age-restricted channels only here."""


class NotShownHere(Refused):
    """The picture belongs in age-restricted channels, and this is none."""


class NothingToReport(Refused):
    """The job gave no picture, or it is gone."""


@dataclass(kw_only=True, eq=False)
class AlreadyReported(Refused):
    """The person reported this picture at `at`."""

    at: datetime


class UnknownReport(Refused):
    """No report of this server."""


class Unconfirmed(Refused):
    """Nothing waits for this confirmation: too late, done already, or asked by somebody else."""


class Cause(Enum):
    """Why an attempt gave no picture. The value is what the ledger stores."""

    TOKEN_INVALID = "token_invalid"  # 401  # noqa: S105 - a state's name, not a secret
    TOKEN_REFUSED = "token_refused"  # 403: lacks the permission  # noqa: S105 - likewise
    CREDIT_MAYBE = "credit_maybe"  # 402 that can be temporary
    CREDIT_SPENT = "credit_spent"  # 402, confirmed
    REJECTED = "rejected"  # 400, 422: the request itself
    MODEL_MISSING = "model_missing"  # 404
    NOT_SERVED = "not_served"  # no provider serves the model
    GATED = "gated"  # the licence has to be accepted first
    MODEL_RETIRED = "model_retired"  # 410
    SLOW_DOWN = "slow_down"  # 429
    LOADING = "loading"  # 503 while the model starts
    NO_ANSWER = "no_answer"  # 5xx, refused connections: worth another try
    NOT_A_PICTURE = "not_a_picture"  # 200 with something else in it
    BROKEN_LINE = "broken_line"  # the connection broke or timed out in mid-work
    RESTARTED = "restarted"  # our process died in mid-work
    EXPIRED = "expired"  # waited for more than 24 hours
    CLEARED = "cleared"  # an admin cleared the queue while it waited
    BLOCKED = "blocked"  # an admin blocked the person while it waited
    OUR_FAULT = "our_fault"  # a bug or a full disk on our side


OVERSIZED = "too large"  # the detail of NOT_A_PICTURE when nobody could use so large a file


class Reach(Enum):
    """How far an attempt got; decides what it costs."""

    NEVER = "never"  # certainly never sent: no slot, no money
    REJECTED = "rejected"  # answered with a refusal: a slot, no money
    UNKNOWN = "unknown"  # may have been carried out: a slot, and money to be on the safe side
    ANSWERED = "answered"  # carried out, though useless: a slot and money


@dataclass(kw_only=True, eq=False)
class Failed(HugOpsError):
    """One attempt failed.

    `detail` is one short plain line for people (never a URL, a token or HTML); `retry_after` is
    what the upstream asked for; `status` and `request_id` are for the ledger and the log.
    """

    cause: Cause
    reach: Reach
    detail: str = ""
    retry_after: timedelta | None = None
    status: int | None = None
    request_id: str | None = None


class Superseded(HugOpsError):
    """The fence answered no: the job was recovered or cancelled meanwhile."""


@dataclass(kw_only=True, eq=False)
class Unavailable(HugOpsError):
    """`what` ("ledger", "media store", "disk", "Discord", …) cannot be used: plain `reason`."""

    what: str
    reason: str
