"""What a server decided for itself: its queue, its alerts channel, its rules for pictures.

Called by services, the ledger and the cards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from bot.core.access import ChannelId, UserId
from bot.core.jobs import Size
from bot.core.records import AuditEntry


class QueueState(Enum):
    """Whether a server's jobs move; the value is what the ledger stores."""

    OPEN = "open"
    PAUSED = "paused"  # nothing starts, new jobs are taken
    DRAINING = "draining"  # what waits starts, new jobs are refused


class AgeRule(Enum):
    """Where pictures may be made, by Discord's mark for grown-ups; the ledger stores the value."""

    ANYWHERE = "anywhere"
    SPOILER_ELSEWHERE = "spoiler_elsewhere"  # outside age-restricted channels behind a spoiler
    RESTRICTED_ONLY = "restricted_only"  # only in age-restricted channels


@dataclass(frozen=True, kw_only=True)
class QueueHold:
    """Who paused or drains the queue of a server, and why."""

    state: QueueState = QueueState.OPEN
    reason: str = ""
    by: UserId | None = None


@dataclass(frozen=True, kw_only=True)
class ServerRules:
    """All of it; the defaults are those of a server that never decided anything."""

    queue: QueueHold = QueueHold()
    alerts_channel_id: ChannelId | None = None
    models: tuple[str, ...] = ()  # empty: all
    banned_words: tuple[str, ...] = ()
    most_steps: int | None = None
    largest: Size | None = None
    private_by_default: bool = False
    age_rule: AgeRule = AgeRule.ANYWHERE


RuleChange = Callable[[ServerRules], tuple[ServerRules, AuditEntry]]


@dataclass(frozen=True, kw_only=True)
class Block:
    """A person who may not use the bot in a server, until `until_at` (None: until unblocked)."""

    user_id: UserId
    by: UserId
    at: datetime
    until_at: datetime | None
    reason: str = ""

    def holds(self, now_at: datetime) -> bool:
        """Whether it has not ended by itself."""
        return self.until_at is None or now_at < self.until_at


class Showing(Enum):
    """How a picture may appear in a channel."""

    OPENLY = auto()
    BEHIND_SPOILER = auto()
    NOT_HERE = auto()


def showing(rule: AgeRule, *, made_restricted: bool, here_restricted: bool) -> Showing:
    """How a picture may appear, by where it was asked for and where it would be shown.

    What was made in an age-restricted channel stays in such channels, whatever the rule.
    """
    if here_restricted:
        return Showing.OPENLY
    if made_restricted or rule is AgeRule.RESTRICTED_ONLY:
        return Showing.NOT_HERE
    return Showing.BEHIND_SPOILER if rule is AgeRule.SPOILER_ELSEWHERE else Showing.OPENLY
