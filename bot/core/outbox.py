"""Results on their way to people, as values. Called by the ledger and cogs/delivery.py."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.access import ChannelId
from bot.core.jobs import Job, MessageId


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A job with what is needed to reach its card.

    `token` is a secret, None once it was erased; `began_at` is set when an earlier try may have
    posted already.
    """

    job: Job
    application_id: int
    token: str | None
    token_ends_at: datetime
    card_id: MessageId | None
    tries: int = 0
    began_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Delivery(job={self.job.key}, tries={self.tries})"


@dataclass(frozen=True, kw_only=True)
class Posted:
    """Where a result was told."""

    channel_id: ChannelId
    message_id: MessageId
