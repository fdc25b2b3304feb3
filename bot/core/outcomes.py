"""What an attempt means for the job, its slot, its money and the lane. Called by the dispatcher.

The table (429 pauses the lane, 402 is believed after three checks, 5xx is worth three tries, an
unknown outcome is told and never silently repeated) follows the catalogue of statuses that
Hugging Face was seen to answer in 2026.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

from bot.core.errors import Cause, Failed, Reach
from bot.core.jobs import Status

MAX_TRIES = 3
MAX_LOADING_TRIES = 6
MAX_CREDIT_CHECKS = 3
GIVE_UP_AFTER = timedelta(hours=24)

_CREDIT_PAUSES = (timedelta(minutes=1), timedelta(minutes=3))
_CREDIT_SPENT_PAUSE = timedelta(hours=1)
_SLOW_DOWN_PAUSE = timedelta(minutes=1)
_SLOW_DOWN_MOST = timedelta(minutes=15)
_SLOW_DOWN_DOUBLINGS = 10  # more than reach the most; strikes have no end, a timedelta has
_SLOW_DOWN_MARGIN = timedelta(milliseconds=500)
_LOADING_PAUSE = timedelta(seconds=20)
_LOADING_MOST = timedelta(minutes=2)
_RETRY_PAUSE = timedelta(seconds=5)


class PauseKind(Enum):
    """Why a lane rests; the value is what the ledger stores."""

    SLOW_DOWN = "slow_down"
    CREDIT = "credit"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class Pause:
    """The whole lane rests for this long."""

    kind: PauseKind
    length: timedelta


@dataclass(frozen=True, kw_only=True)
class Strikes:
    """How often in a row the lane was refused, before this attempt."""

    slow_down: int = 0
    credit: int = 0


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What one transaction has to write when an attempt is over."""

    status: Status
    slot_counts: bool
    money_counts: bool
    cause: Cause | None = None
    detail: str = ""
    counts_try: bool = False
    wait: timedelta = timedelta()
    pause: Pause | None = None
    asked: timedelta | None = None  # how long the upstream wants no call, in its own words


SUCCESS = Settlement(status=Status.DONE, slot_counts=True, money_counts=True)


def after_failure(failed: Failed, *, tries: int, strikes: Strikes) -> Settlement:
    """The settlement of an attempt that failed, after `tries` that counted before it."""
    match failed.cause:
        case Cause.SLOW_DOWN:
            again = _again(failed, pause=_slow_down(failed, strikes))
            return replace(again, asked=failed.retry_after)
        case Cause.CREDIT_MAYBE:
            return _credit(failed, strikes)
        case Cause.LOADING if tries + 1 < MAX_LOADING_TRIES:
            return _again(failed, wait=_loading(failed, tries), counts_try=True)
        case Cause.NO_ANSWER if tries + 1 < MAX_TRIES:
            return _again(failed, wait=_RETRY_PAUSE * 3**tries, counts_try=True)
        case Cause.LOADING:
            return _final(failed, Cause.NO_ANSWER)
        case _:
            return _final(failed, failed.cause)


def _again(
    failed: Failed,
    *,
    wait: timedelta = timedelta(),
    pause: Pause | None = None,
    counts_try: bool = False,
) -> Settlement:
    return Settlement(
        status=Status.QUEUED,
        slot_counts=_slot_counts(failed),
        money_counts=_money_counts(failed),
        cause=failed.cause,
        detail=failed.detail,
        counts_try=counts_try,
        wait=wait,
        pause=pause,
    )


def _final(failed: Failed, cause: Cause, pause: Pause | None = None) -> Settlement:
    return Settlement(
        status=Status.FAILED,
        slot_counts=_slot_counts(failed),
        money_counts=_money_counts(failed),
        cause=cause,
        detail=failed.detail,
        counts_try=True,
        pause=pause,
    )


def _slot_counts(failed: Failed) -> bool:
    return failed.reach is not Reach.NEVER and failed.cause is not Cause.SLOW_DOWN


def _money_counts(failed: Failed) -> bool:
    return failed.reach in {Reach.UNKNOWN, Reach.ANSWERED}


def _slow_down(failed: Failed, strikes: Strikes) -> Pause:
    doublings = min(strikes.slow_down, _SLOW_DOWN_DOUBLINGS)
    backoff = min(_SLOW_DOWN_PAUSE * 2**doublings, _SLOW_DOWN_MOST)
    asked = failed.retry_after if failed.retry_after is not None else backoff
    length = max(asked, timedelta(seconds=1)) + _SLOW_DOWN_MARGIN
    return Pause(kind=PauseKind.SLOW_DOWN, length=length)


def _credit(failed: Failed, strikes: Strikes) -> Settlement:
    if strikes.credit + 1 < MAX_CREDIT_CHECKS:
        length = _CREDIT_PAUSES[strikes.credit]
        return _again(failed, pause=Pause(kind=PauseKind.CREDIT, length=length))
    pause = Pause(kind=PauseKind.CREDIT, length=_CREDIT_SPENT_PAUSE)
    return _final(failed, Cause.CREDIT_SPENT, pause)


def _loading(failed: Failed, tries: int) -> timedelta:
    backoff = min(_LOADING_PAUSE * 2**tries, _LOADING_MOST)
    return max(failed.retry_after or backoff, timedelta(seconds=1))
