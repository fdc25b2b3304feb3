"""Which private pictures their people shared: the Shares port."""

from bot.core.access import ChannelId
from bot.core.jobs import JobId, MessageId
from bot.ledger.database import Database
from bot.ledger.tables import job


class SqlShares:
    """The Shares port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, job_id: JobId, channel_id: ChannelId) -> None:
        """It is about to be posted there."""
        await self._write(job_id, channel_id, None)

    async def done(self, job_id: JobId, channel_id: ChannelId, message_id: MessageId) -> None:
        """It stands there."""
        await self._write(job_id, channel_id, message_id)

    async def _write(
        self, job_id: JobId, channel_id: ChannelId, message_id: MessageId | None
    ) -> None:
        change = job.update().where(job.c.id == job_id)
        change = change.values(shared_in=channel_id, shared_as=message_id)
        await self._database.write(lambda conn: conn.execute(change).rowcount)
