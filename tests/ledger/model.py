"""What people and the upstream see of the queue; test_model.py holds the ledger against it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.errors import Cause, Failed, Reach
from bot.core.jobs import Status
from bot.core.prices import RESERVED_PER_IMAGE_NUSD
from bot.core.queue import Lease
from tests.factories import FREE_COST

PERIOD, CAP = timedelta(seconds=60), 1


@dataclass(kw_only=True)
class Call:
    """A call that left; it counts unless Hugging Face said that it did not, or never saw it."""

    answered: timedelta | None = None
    counts: bool = True

    def in_window(self, now: timedelta, period: timedelta) -> bool:
        """Whether the upstream may still count it."""
        return self.counts and (self.answered is None or self.answered + period > now)


@dataclass
class Model:
    """What people and the upstream see."""

    cap: int = CAP
    in_flight: int = 1
    calls: dict[tuple[int, int], Call] = field(default_factory=dict)
    statuses: dict[int, Status] = field(default_factory=dict)
    tries: Counter[int] = field(default_factory=Counter)
    spent: int = 0

    def may_send(self, now: timedelta) -> bool:
        """Whether another call is within every limit."""
        counted = [call for call in self.calls.values() if call.in_window(now, PERIOD)]
        flying = [call for call in counted if call.answered is None]
        return len(counted) < self.cap and len(flying) < self.in_flight

    def answer(self, lease: Lease, now: timedelta, status: Status, failed: Failed | None) -> None:
        """A call came to an end."""
        call = self.calls[lease.job_id, lease.attempt]
        call.answered = now
        if failed:
            call.counts = failed.cause is not Cause.SLOW_DOWN and failed.reach is not Reach.NEVER
            self.spent += RESERVED_PER_IMAGE_NUSD * (failed.reach is Reach.UNKNOWN)
        else:
            self.spent += FREE_COST.booked_nusd
        self.statuses[lease.job_id] = status

    @property
    def done(self) -> int:
        """How many pictures there are."""
        return sum(status is Status.DONE for status in self.statuses.values())
