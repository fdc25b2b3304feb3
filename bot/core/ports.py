"""What the rules and use cases need from outside, as small Protocols; bot/app.py brings them in.

Every method of a store may raise Unavailable.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.access import GuildId, Role, RoleId, UserId
from bot.core.accounts import Account
from bot.core.checkup import Login, Sighting, Trouble
from bot.core.jobs import Job, JobId, JobKey, MessageId, Picture, Request
from bot.core.outbox import Delivery, Posted
from bot.core.outcomes import Settlement, Strikes
from bot.core.queue import Claimed, Draft, Lease, Snapshot, Standstill, Sweep
from bot.core.records import Attempt, AuditEntry, Use
from bot.core.servers import Block, RuleChange, ServerRules
from bot.core.windows import Limits


class Clock(Protocol):
    """Time, injected so that tests and demos may run their own."""

    def now(self) -> datetime:
        """Wall-clock time, aware UTC."""
        ...

    def uptime(self) -> tuple[str, timedelta]:
        """The machine's boot id and the time since that boot, which no clock step touches."""
        ...

    async def wait(self, event: asyncio.Event, longest: timedelta) -> None:
        """Return when `event` is set, or after `longest` of this clock."""
        ...


class Painter(Protocol):
    """Makes pictures from requests."""

    async def paint(self, request: Request) -> Picture:
        """One call upstream. Raises Failed."""
        ...


class Accounts(Protocol):
    """Knows whose token this is."""

    async def whoami(self) -> Account:
        """The account behind the token. Raises Failed."""
        ...


class Media(Protocol):
    """Keeps picture bytes under a name."""

    async def save(self, name: str, data: bytes) -> None:
        """Durable once this returns. Raises Unavailable."""
        ...

    async def load(self, name: str) -> bytes | None:
        """The bytes, or None when they are gone."""
        ...

    async def delete(self, name: str) -> None:
        """Forget the bytes; no error when they are gone already."""
        ...


class Queue(Protocol):
    """The jobs of one lane and the books that go with every step."""

    async def submit(self, draft: Draft) -> tuple[Job, Snapshot]:
        """Reserve the allowance and write the job, once per `idem`. Raises Refused."""
        ...

    async def claim(self, owner: str) -> Claimed | Standstill:
        """Fair turn, windows, money and permit in one transaction."""
        ...

    async def mark_sent(self, lease: Lease) -> None:
        """Commit that a call is about to leave. Raises Superseded."""
        ...

    async def renew(self, lease: Lease) -> None:
        """Prolong the lease. Raises Superseded."""
        ...

    async def settle(self, lease: Lease, settlement: Settlement, attempt: Attempt) -> None:
        """Write what became of an attempt, books and all, in one commit. Raises Superseded."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give back a claim that was never sent."""
        ...

    async def strikes(self) -> Strikes:
        """How often in a row the lane was refused."""
        ...

    async def cancel(self, job_id: JobId) -> Job:
        """Withdraw a job that was not sent. Raises TooLate."""
        ...

    async def sweep(self, which: Sweep, entry: AuditEntry | None = None) -> Sequence[JobKey]:
        """Withdraw what waits, with the audit row if there is anything; the keys."""
        ...

    async def abandoned(self, owner: str, *, everyone: bool) -> Sequence[Claimed]:
        """Leases to recover, taken over by `owner`: the lapsed ones, or all that others hold."""
        ...

    async def expire(self, before_at: datetime) -> Sequence[JobKey]:
        """Fail what has waited since before `before_at`."""
        ...

    async def snapshot(self) -> Snapshot:
        """The lane as it stands."""
        ...

    async def job(self, key: JobKey) -> Job | None:
        """One job."""
        ...

    async def open_jobs(self, user_id: UserId | None = None) -> Sequence[Job]:
        """Jobs that are not over, oldest first."""
        ...

    async def history(self, job_id: JobId) -> Sequence[Use]:
        """The attempts of a job, oldest first."""
        ...

    async def forget_media(self, job_id: JobId) -> None:
        """The picture of a job was deleted."""
        ...


class Lane(Protocol):
    """The knobs of the lane."""

    async def limits(self) -> Limits:
        """What holds calls back now."""
        ...

    async def set_limits(self, limits: Limits, entry: AuditEntry) -> None:
        """Change them, with the audit row, in one transaction."""
        ...

    async def spent_nusd(self, period: str) -> int:
        """What the books hold for a month ("2026-11"): posted and reserved."""
        ...


class Outbox(Protocol):
    """Results that still have to be told, and where they were told."""

    async def due(self, limit: int) -> Sequence[Delivery]:
        """Undelivered results whose time has come, oldest first."""
        ...

    async def begin(self, delivery: Delivery) -> None:
        """About to post: from now on a crash may have posted it already."""
        ...

    async def done(self, delivery: Delivery, posted: Posted | None) -> None:
        """Told; None: kept for the person's next command."""
        ...

    async def retry(self, delivery: Delivery, wait: timedelta) -> None:
        """Not told yet; again after `wait`."""
        ...

    async def address(self, key: JobKey, message_id: MessageId) -> None:
        """The card of a job is this message."""
        ...

    async def card(self, key: JobKey) -> Delivery | None:
        """What is needed to touch the card of a job."""
        ...

    async def kept(self, user_id: UserId, guild_id: GuildId) -> Sequence[Job]:
        """Private results that found no way; told once, then no longer listed."""
        ...


class Grants(Protocol):
    """Roles granted by command, and the audit trail."""

    async def of(self, guild_id: GuildId) -> Mapping[RoleId, Role]:
        """The granted roles of a server."""
        ...

    async def grant(self, guild_id: GuildId, role_id: RoleId, role: Role, by: AuditEntry) -> None:
        """Grant, with the audit row."""
        ...

    async def revoke(self, guild_id: GuildId, role_id: RoleId, by: AuditEntry) -> bool:
        """Revoke, with the audit row; whether there was anything to revoke."""
        ...

    async def audit(self, guild_id: GuildId, limit: int) -> Sequence[AuditEntry]:
        """The newest entries first."""
        ...


class Servers(Protocol):
    """What servers decided for themselves."""

    async def rules(self, guild_id: GuildId) -> ServerRules:
        """What a server decided; the defaults where it never did."""
        ...

    async def blocks(self, guild_id: GuildId) -> Mapping[UserId, Block]:
        """The blocks of a server by person, those that have ended among them."""
        ...

    async def change(self, guild_id: GuildId, change: RuleChange) -> ServerRules:
        """What `change` makes of the rules as they stand, written with its audit row."""
        ...

    async def block(self, guild_id: GuildId, blocked: Block, entry: AuditEntry) -> None:
        """Block a person, or change how long, with the audit row."""
        ...

    async def unblock(self, guild_id: GuildId, user_id: UserId, entry: AuditEntry) -> bool:
        """Unblock, with the audit row; whether there was a block."""
        ...


class Books(Protocol):
    """Reads of the ledger for people."""

    async def use(self, guild_id: GuildId, user_id: UserId, since_at: datetime) -> Sequence[Use]:
        """A person's attempts since then, oldest first."""
        ...

    async def models(self, guild_id: GuildId) -> Sequence[str]:
        """Models this server has used with success, the most used first."""
        ...

    async def verify(self) -> Sequence[str]:
        """One line for each row that breaks the books; none when they balance."""
        ...


class Notes(Protocol):
    """Small facts that outlive the process."""

    async def read(self, name: str) -> str | None:
        """What was written under `name`."""
        ...

    async def write(self, name: str, value: str) -> None:
        """Remember `value` under `name`."""
        ...


class Catalogue(Protocol):
    """Knows the models of the Hub."""

    async def look(self, model: str) -> Sighting:
        """What the Hub says of a model, whatever it says. Raises Failed when it is silent."""
        ...


class Logins(Protocol):
    """Knows the bot's token at Discord, without a connection to the gateway."""

    async def who(self) -> Login:
        """Whether Discord takes the token. Raises Unavailable."""
        ...


class Soundness(Protocol):
    """Whether the ledger is fit for work, asked beside the bot as well."""

    def missing(self) -> bool:
        """Whether there is none yet."""
        ...

    async def prove_writable(self) -> None:
        """Write a note and keep it."""
        ...

    async def broken(self) -> int:
        """How many rows break the books."""
        ...

    async def trouble(self) -> Trouble:
        """The pause and the late refusals of the token's lane."""
        ...


class Disk(Protocol):
    """The disks that ledger and media lie on."""

    async def free(self) -> Mapping[str, int]:
        """Free bytes by what lies there."""
        ...
