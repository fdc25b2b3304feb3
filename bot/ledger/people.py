"""What the ledger knows of people: granted roles and their audit trail, and everybody's use."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.core.access import GuildId, Role, RoleId, UserId
from bot.core.records import AuditEntry, Use
from bot.ledger.books import broken_rows
from bot.ledger.database import Database
from bot.ledger.kept import Kept
from bot.ledger.rows import audit_columns, audit_of, use_of
from bot.ledger.tables import access, audit, job, usage
from bot.ledger.timeline import to_ms

MENU_LENGTH = 50


class SqlGrants:
    """The Grants port."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._granted = Kept(database, _granted)

    async def of(self, guild_id: GuildId) -> Mapping[RoleId, Role]:
        """The granted roles of a server."""
        return await self._granted.of(guild_id)

    async def grant(self, guild_id: GuildId, role_id: RoleId, role: Role, by: AuditEntry) -> None:
        """Grant, with the audit row."""

        def step(conn: Connection) -> None:
            _revoke(conn, guild_id, role_id)
            row = {"guild_id": guild_id, "role_id": role_id, "role": role.value}
            conn.execute(access.insert().values(**row))
            conn.execute(audit.insert().values(**audit_columns(by)))

        await self._granted.change(guild_id, step)

    async def revoke(self, guild_id: GuildId, role_id: RoleId, by: AuditEntry) -> bool:
        """Revoke, with the audit row; whether there was anything to revoke."""

        def step(conn: Connection) -> bool:
            if not _revoke(conn, guild_id, role_id):
                return False
            conn.execute(audit.insert().values(**audit_columns(by)))
            return True

        return await self._granted.change(guild_id, step)

    async def audit(self, guild_id: GuildId, limit: int) -> Sequence[AuditEntry]:
        """The newest entries first."""
        query = select(audit).where(audit.c.guild_id == guild_id).order_by(audit.c.id.desc())

        def step(conn: Connection) -> list[AuditEntry]:
            return [audit_of(row) for row in conn.execute(query.limit(limit)).mappings()]

        return await self._database.read(step)


class SqlBooks:
    """The Books port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def use(self, guild_id: GuildId, user_id: UserId, since_at: datetime) -> Sequence[Use]:
        """A person's attempts since then, oldest first."""
        theirs = (usage.c.guild_id == guild_id) & (usage.c.user_id == user_id)
        query = (
            select(usage, job.c.key)
            .join(job, job.c.id == usage.c.job_id)
            .where(theirs, usage.c.at > to_ms(since_at))
            .order_by(usage.c.at)
        )

        def step(conn: Connection) -> list[Use]:
            return [use_of(row) for row in conn.execute(query).mappings()]

        return await self._database.read(step)

    async def models(self, guild_id: GuildId) -> Sequence[str]:
        """Models this server has used in the open and with success, the most used first."""
        query = (
            select(usage.c.model)
            .join(job, job.c.id == usage.c.job_id)
            .where(usage.c.guild_id == guild_id, usage.c.cause.is_(None), ~job.c.private)
            .group_by(usage.c.model)
            .order_by(func.count().desc(), usage.c.model)
            .limit(MENU_LENGTH)
        )
        return await self._database.read(lambda conn: conn.execute(query).scalars().all())

    async def verify(self) -> Sequence[str]:
        """One line for each row that breaks the books; none when they balance."""
        return await self._database.read(broken_rows)


def _granted(conn: Connection, guild_id: GuildId) -> Mapping[RoleId, Role]:
    rows = conn.execute(select(access).where(access.c.guild_id == guild_id))
    return {RoleId(row.role_id): Role(row.role) for row in rows}


def _revoke(conn: Connection, guild_id: GuildId, role_id: RoleId) -> bool:
    same = (access.c.guild_id == guild_id) & (access.c.role_id == role_id)
    return conn.execute(access.delete().where(same)).rowcount > 0
