"""People who want to be told when a job is over, as values. Called by services and the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.access import UserId
from bot.core.jobs import Job, MessageId
from bot.core.outbox import Posted


@dataclass(frozen=True, kw_only=True)
class Watch:
    """A job that is over and was told, with those who wait to hear of it."""

    job: Job
    card_id: MessageId | None
    posted: Posted
    user_ids: Sequence[UserId]

    @property
    def untold(self) -> Sequence[UserId]:
        """Those whom the result itself did not call.

        A result in a message of its own mentions its requester, and a direct message is a call.
        """
        if self.posted.message_id == self.card_id:
            return self.user_ids
        return [user_id for user_id in self.user_ids if user_id != self.job.user_id]
