"""What servers decided for themselves. The Servers port."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, or_, select

from bot.core.access import ChannelId, GuildId, UserId
from bot.core.errors import Blocked, QueueDraining
from bot.core.jobs import Size
from bot.core.records import AuditEntry
from bot.core.servers import AgeRule, Block, QueueHold, QueueState, RuleChange, ServerRules
from bot.ledger.database import Database
from bot.ledger.kept import Kept
from bot.ledger.rows import audit_columns
from bot.ledger.tables import audit, block, server
from bot.ledger.timeline import from_ms, to_ms

_Known = tuple[ServerRules, Mapping[UserId, Block]]


class SqlServers:
    """Rules and blocks."""

    def __init__(self, database: Database) -> None:
        self._kept = Kept(database, _read)

    async def rules(self, guild_id: GuildId) -> ServerRules:
        """What a server decided; the defaults where it never did."""
        return (await self._kept.of(guild_id))[0]

    async def blocks(self, guild_id: GuildId) -> Mapping[UserId, Block]:
        """The blocks of a server by person, those that have ended among them."""
        return (await self._kept.of(guild_id))[1]

    async def change(self, guild_id: GuildId, change: RuleChange) -> ServerRules:
        """What `change` makes of the rules as they stand, written with its audit row."""

        def step(conn: Connection) -> ServerRules:
            before, _ = _read(conn, guild_id)
            after, entry = change(before)
            if after != before:
                conn.execute(server.delete().where(server.c.guild_id == guild_id))
                conn.execute(server.insert().values(guild_id=guild_id, **_columns(after)))
                conn.execute(audit.insert().values(**audit_columns(entry)))
            return after

        return await self._kept.change(guild_id, step)

    async def block(self, guild_id: GuildId, blocked: Block, entry: AuditEntry) -> None:
        """Block a person, or change how long, with the audit row."""

        def step(conn: Connection) -> None:
            _unblock(conn, guild_id, blocked.user_id)
            conn.execute(block.insert().values(guild_id=guild_id, **_block_columns(blocked)))
            conn.execute(audit.insert().values(**audit_columns(entry)))

        await self._kept.change(guild_id, step)

    async def unblock(self, guild_id: GuildId, user_id: UserId, entry: AuditEntry) -> bool:
        """Unblock, with the audit row; whether there was a block."""

        def step(conn: Connection) -> bool:
            if not _unblock(conn, guild_id, user_id):
                return False
            conn.execute(audit.insert().values(**audit_columns(entry)))
            return True

        return await self._kept.change(guild_id, step)


def check_open(conn: Connection, guild_id: GuildId) -> None:
    """Raise QueueDraining where no new jobs are taken; asked inside the transaction of a submit."""
    same = (server.c.guild_id == guild_id) & (server.c.queue_state == QueueState.DRAINING.value)
    reason = conn.execute(select(server.c.queue_reason).where(same)).scalar_one_or_none()
    if reason is not None:
        raise QueueDraining(reason=reason)


def check_free(conn: Connection, guild_id: GuildId, user_id: UserId, now: int) -> None:
    """Raise Blocked for a person who is; a block may have come since the person was admitted."""
    same = (block.c.guild_id == guild_id) & (block.c.user_id == user_id)
    holds = or_(block.c.until_at.is_(None), block.c.until_at > now)
    row = conn.execute(select(block).where(same, holds)).mappings().one_or_none()
    if row is not None:
        raise Blocked(until_at=_block_of(row).until_at)


def _read(conn: Connection, guild_id: GuildId) -> _Known:
    same = select(server).where(server.c.guild_id == guild_id)
    row = conn.execute(same).mappings().one_or_none()
    blocked = conn.execute(select(block).where(block.c.guild_id == guild_id)).mappings()
    blocks = {UserId(found["user_id"]): _block_of(found) for found in blocked}
    return (_rules_of(row) if row else ServerRules()), blocks


def _unblock(conn: Connection, guild_id: GuildId, user_id: UserId) -> bool:
    same = (block.c.guild_id == guild_id) & (block.c.user_id == user_id)
    return conn.execute(block.delete().where(same)).rowcount > 0


def _columns(rules: ServerRules) -> dict[str, Any]:
    return {
        "queue_state": rules.queue.state.value,
        "queue_reason": rules.queue.reason,
        "queue_by": rules.queue.by,
        "alerts_channel_id": rules.alerts_channel_id,
        "models": "\n".join(rules.models),
        "banned_words": "\n".join(rules.banned_words),
        "most_steps": rules.most_steps,
        "largest": rules.largest.value if rules.largest else None,
        "private_by_default": rules.private_by_default,
        "age_rule": rules.age_rule.value,
    }


def _rules_of(row: RowMapping) -> ServerRules:
    alerts = row["alerts_channel_id"]
    return ServerRules(
        queue=hold_of(row),
        alerts_channel_id=None if alerts is None else ChannelId(alerts),
        models=tuple(row["models"].splitlines()),
        banned_words=tuple(row["banned_words"].splitlines()),
        most_steps=row["most_steps"],
        largest=Size(row["largest"]) if row["largest"] else None,
        private_by_default=row["private_by_default"],
        age_rule=AgeRule(row["age_rule"]),
    )


def hold_of(row: RowMapping) -> QueueHold:
    """Who paused or drains the queue of a server, from its row."""
    by = row["queue_by"]
    return QueueHold(
        state=QueueState(row["queue_state"]),
        reason=row["queue_reason"],
        by=None if by is None else UserId(by),
    )


def _block_columns(blocked: Block) -> dict[str, Any]:
    return {
        "user_id": blocked.user_id,
        "by": blocked.by,
        "at": to_ms(blocked.at),
        "until_at": to_ms(blocked.until_at) if blocked.until_at else None,
        "reason": blocked.reason,
    }


def _block_of(row: RowMapping) -> Block:
    until = row["until_at"]
    return Block(
        user_id=UserId(row["user_id"]),
        by=UserId(row["by"]),
        at=from_ms(row["at"]),
        until_at=None if until is None else from_ms(until),
        reason=row["reason"],
    )
