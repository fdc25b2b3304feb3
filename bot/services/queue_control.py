"""Pausing, draining and clearing the queue of a server. Called by cogs/_admin_queue.py."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.access import Actor, Role
from bot.core.errors import Cause
from bot.core.ports import Clock, Queue, Servers
from bot.core.queue import Sweep
from bot.core.records import AuditEntry, entry_of
from bot.core.servers import QueueHold, QueueState, ServerRules
from bot.services.confirmations import Confirmations
from bot.services.permissions import Permissions


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a person has to confirm: how many images wait, under which key, until when."""

    key: str
    waiting: int
    ends_at: datetime


class QueueControl:
    """Holds and empties the queue of the actor's server; no other server notices."""

    def __init__(
        self,
        servers: Servers,
        queue: Queue,
        permissions: Permissions,
        clock: Clock,
        confirmations: Confirmations[str],
        stir: Callable[[], None],
    ) -> None:
        self._servers = servers
        self._queue = queue
        self._permissions = permissions
        self._clock = clock
        self._confirmations = confirmations
        self._stir = stir

    async def pause(self, actor: Actor, reason: str) -> int:
        """Start nothing more; new jobs are taken and keep their place. How many wait."""
        return await self._hold(actor, QueueState.PAUSED, "queue pause", reason)

    async def drain(self, actor: Actor, reason: str) -> int:
        """Take no new jobs; what waits is finished. How many wait."""
        return await self._hold(actor, QueueState.DRAINING, "queue drain", reason)

    async def resume(self, actor: Actor, reason: str) -> int:
        """End a pause or a drain. How many wait."""
        return await self._hold(actor, QueueState.OPEN, "queue resume", reason)

    async def ask_to_clear(self, actor: Actor, reason: str) -> Question:
        """What clearing would do; nothing is done before it is confirmed."""
        await self._permissions.require(actor, Role.ADMIN, "/admin queue clear")
        waiting = await self._waiting(actor)
        key, ends_at = self._confirmations.ask(actor, reason)
        return Question(key=key, waiting=waiting, ends_at=ends_at)

    async def clear(self, actor: Actor, key: str) -> int:
        """Withdraw everything that waits in the server; how much that was. Raises Unconfirmed."""
        await self._permissions.require(actor, Role.ADMIN, "/admin queue clear")
        reason = self._confirmations.take(key, actor)
        before = f"{await self._waiting(actor)} waiting"
        entry = self._entry(actor, "queue clear", (before, "0 waiting"), reason)
        sweep = Sweep(guild_id=actor.guild_id, cause=Cause.CLEARED, reason=reason)
        cleared = await self._queue.sweep(sweep, entry)
        self._stir()
        return len(cleared)

    async def _hold(self, actor: Actor, state: QueueState, action: str, reason: str) -> int:
        await self._permissions.require(actor, Role.ADMIN, f"/admin {action}")
        opened = state is QueueState.OPEN
        hold = QueueHold() if opened else QueueHold(state=state, reason=reason, by=actor.user_id)

        def change(rules: ServerRules) -> tuple[ServerRules, AuditEntry]:
            said = (rules.queue.state.value, state.value)
            return replace(rules, queue=hold), self._entry(actor, action, said, reason)

        await self._servers.change(actor.guild_id, change)
        self._stir()
        return await self._waiting(actor)

    async def _waiting(self, actor: Actor) -> int:
        snapshot = await self._queue.snapshot()
        return sum(job.guild_id == actor.guild_id for job in snapshot.waiting)

    def _entry(self, actor: Actor, action: str, change: tuple[str, str], reason: str) -> AuditEntry:
        return entry_of(actor, self._clock.now(), action, change, reason)
