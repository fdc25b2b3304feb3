"""Taking the bot away from a person in a server, and giving it back. Called by cogs/admin.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.access import Actor, Role, UserId
from bot.core.durations import until
from bot.core.errors import BadValue, CannotBlock, Cause
from bot.core.ports import Clock, Queue, Servers
from bot.core.queue import Sweep
from bot.core.records import entry_of
from bot.core.servers import Block
from bot.services.permissions import Permissions


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """What a block did: until when it holds, and how many waiting images it withdrew."""

    until_at: datetime | None
    withdrawn: int


class Blocking:
    """Blocks end by themselves; the check itself is in permissions.py."""

    def __init__(
        self,
        servers: Servers,
        queue: Queue,
        permissions: Permissions,
        clock: Clock,
        stir: Callable[[], None],
    ) -> None:
        self._servers = servers
        self._queue = queue
        self._permissions = permissions
        self._clock = clock
        self._stir = stir

    async def block(self, actor: Actor, person: Actor, span: str | None, reason: str) -> Blocked:
        """Refuse all that `person` asks here, for `span` (None: until unblocked).

        What the person has waiting is withdrawn; what is being made is still told. Raises
        CannotBlock, BadValue.
        """
        await self._permissions.require(actor, Role.ADMIN, "/admin block")
        if person.user_id == actor.user_id:
            raise BadValue(option="user", given="yourself", allowed="somebody else")
        if await self._permissions.role(person) >= Role.ADMIN:
            raise CannotBlock
        now_at = self._clock.now()
        until_at = until(span, now_at, option="until") if span else None
        block = Block(
            user_id=person.user_id, by=actor.user_id, at=now_at, until_at=until_at, reason=reason
        )
        change = (await self._said(actor, person.user_id), _in_short(block))
        entry = entry_of(actor, now_at, "block", change, reason)
        await self._servers.block(actor.guild_id, block, entry)
        sweep = Sweep(guild_id=actor.guild_id, cause=Cause.BLOCKED, user_id=person.user_id)
        withdrawn = await self._queue.sweep(sweep)
        self._stir()
        return Blocked(until_at=until_at, withdrawn=len(withdrawn))

    async def unblock(self, actor: Actor, user_id: UserId, reason: str) -> bool:
        """Lift a block; whether there was one that still held."""
        await self._permissions.require(actor, Role.ADMIN, "/admin unblock")
        now_at = self._clock.now()
        block = (await self._blocks(actor)).get(user_id)
        change = (await self._said(actor, user_id), f"<@{user_id}> not blocked")
        entry = entry_of(actor, now_at, "unblock", change, reason)
        lifted = await self._servers.unblock(actor.guild_id, user_id, entry)
        return lifted and block is not None and block.holds(now_at)

    async def _said(self, actor: Actor, user_id: UserId) -> str:
        block = (await self._blocks(actor)).get(user_id)
        if block is None or not block.holds(self._clock.now()):
            return f"<@{user_id}> not blocked"
        return _in_short(block)

    async def _blocks(self, actor: Actor) -> Mapping[UserId, Block]:
        return await self._servers.blocks(actor.guild_id)


def _in_short(block: Block) -> str:
    end = f"until {block.until_at:%Y-%m-%d %H:%M} UTC" if block.until_at else "until unblocked"
    return f"<@{block.user_id}> blocked {end}"
