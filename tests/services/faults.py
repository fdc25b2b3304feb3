"""The real queue with trouble on demand."""

from collections import defaultdict

from bot.core.errors import HugOpsError, Unavailable
from bot.core.jobs import Job, JobId
from bot.core.outcomes import Settlement, Strikes
from bot.core.queue import Claimed, Lease, Standstill
from bot.core.records import Attempt
from bot.ledger.database import Database
from bot.ledger.desk import Desk
from bot.ledger.queue import SqlQueue

LOCKED = Unavailable(what="ledger", reason="another program keeps it locked")


class FaultyQueue(SqlQueue):
    """Raises what `trouble` lists for a step, one a call, before the step does anything."""

    def __init__(self, database: Database, desk: Desk) -> None:
        super().__init__(database, desk)
        self._trouble: defaultdict[str, list[HugOpsError]] = defaultdict(list)
        self._settled = 0
        self.asked_after = 0  # how many settlements the newest claim could see

    def fails(self, step: str, times: int = 1, error: HugOpsError = LOCKED) -> None:
        """The next `times` calls of `step` raise `error`."""
        self._trouble[step] += [error] * times

    def left(self, step: str) -> int:
        """How much trouble of `step` is still to come."""
        return len(self._trouble[step])

    async def claim(self, owner: str) -> Claimed | Standstill:
        self._raise("claim")
        settled = self._settled
        claimed = await super().claim(owner)
        self.asked_after = settled
        return claimed

    async def mark_sent(self, lease: Lease) -> None:
        self._raise("mark_sent")
        await super().mark_sent(lease)

    async def strikes(self) -> Strikes:
        self._raise("strikes")
        return await super().strikes()

    async def renew(self, lease: Lease) -> None:
        self._raise("renew")
        await super().renew(lease)

    async def settle(self, lease: Lease, settlement: Settlement, attempt: Attempt) -> None:
        self._raise("settle")
        await super().settle(lease, settlement, attempt)
        self._settled += 1

    async def release(self, lease: Lease) -> None:
        self._raise("release")
        await super().release(lease)

    async def abandoned(self, owner: str, *, everyone: bool) -> list[Claimed]:
        self._raise("abandoned")
        return list(await super().abandoned(owner, everyone=everyone))

    async def cancel(self, job_id: JobId) -> Job:
        self._raise("cancel")
        return await super().cancel(job_id)

    def _raise(self, step: str) -> None:
        if waiting := self._trouble[step]:
            raise waiting.pop(0)
