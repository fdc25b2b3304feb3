"""Reports of pictures to the admins of a server, as values and as a port.

Called by services, the ledger and the cards.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NewType, Protocol

from bot.core.access import ChannelId, GuildId, UserId
from bot.core.jobs import Job
from bot.core.outbox import Posted
from bot.core.records import AuditEntry

REASON_MAX = 500

ReportId = NewType("ReportId", int)


class Verdict(Enum):
    """What an admin did about a report; the value is what the ledger stores."""

    DELETED = "deleted"
    DISMISSED = "dismissed"


@dataclass(frozen=True, kw_only=True)
class Closing:
    """Who closed a report, when, and how."""

    by: UserId
    at: datetime
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A report about to be filed. `posted` is the message reported; None: others cannot see it."""

    job: Job
    reporter_id: UserId
    at: datetime
    reason: str
    posted: Posted | None


@dataclass(frozen=True, kw_only=True)
class Report(Draft):
    """One report, of a server by way of its job."""

    id: ReportId
    closing: Closing | None = None


class Reports(Protocol):
    """Reports as they are kept. Every method may raise Unavailable."""

    async def by(self, job: Job, reporter_id: UserId) -> Report | None:
        """What a person reported of a job."""
        ...

    async def file(self, draft: Draft) -> None:
        """Keep it. Raises AlreadyReported."""
        ...

    async def find(self, report_id: ReportId, guild_id: GuildId) -> Report | None:
        """A report of this server."""
        ...

    async def due(
        self, guild_ids: Collection[GuildId], resting: Collection[ChannelId], limit: int
    ) -> list[tuple[Report, ChannelId]]:
        """Reports no admin was told of, with where to tell it, oldest first; not into `resting`."""
        ...

    async def told(self, report_id: ReportId) -> None:
        """The admins were told."""
        ...

    async def close(self, report_id: ReportId, closing: Closing, entry: AuditEntry) -> None:
        """Close it, with the audit row."""
        ...
