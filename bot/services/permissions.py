"""Who may do what here: the check behind every command and button, and what it rests on."""

from collections.abc import Mapping, Sequence

from bot.core.access import Actor, GuildId, Role, RoleId, role_of
from bot.core.errors import BadValue, Blocked, NotAllowed, ServerNotServed
from bot.core.ports import Clock, Grants, Servers
from bot.core.records import AuditEntry, entry_of
from bot.core.servers import ServerRules
from bot.services.presence import Presence

GRANTABLE = (Role.POWER, Role.OPERATOR, Role.ADMIN)


class Permissions:
    """Roles of people, decided on our side whatever Discord let them see.

    Who is served and who owns the bot is asked anew each time: the bot joins servers, and learns
    who owns its application, only after it has connected.
    """

    def __init__(
        self,
        grants: Grants,
        servers: Servers,
        clock: Clock,
        presence: Presence,
    ) -> None:
        self._grants = grants
        self._servers = servers
        self._clock = clock
        self._presence = presence

    async def role(self, actor: Actor) -> Role:
        """The actor's role in the server they act in."""
        return role_of(actor, await self._grants.of(actor.guild_id), self._presence.owners())

    async def admit(self, actor: Actor) -> Role:
        """The actor's role, if the bot works for their server and for them.

        Raises ServerNotServed, Blocked.
        """
        role = await self.role(actor)
        if actor.guild_id not in self._presence.served() and role < Role.OWNER:
            raise ServerNotServed
        block = (await self._servers.blocks(actor.guild_id)).get(actor.user_id)
        if block and role < Role.ADMIN and block.holds(self._clock.now()):
            raise Blocked(until_at=block.until_at)
        return role

    async def require(self, actor: Actor, needs: Role, action: str) -> Role:
        """The actor's role if it is at least `needs`. Raises NotAllowed, and as `admit`."""
        role = await self.admit(actor)
        if role < needs:
            raise NotAllowed(action=action, needs=needs)
        return role

    async def require_for_token(self, actor: Actor, action: str) -> Role:
        """As `require`, for what touches the token itself: owners only when servers share it."""
        needs = Role.OWNER if self._presence.served().several else Role.ADMIN
        return await self.require(actor, needs, action)

    async def rules(self, guild_id: GuildId) -> ServerRules:
        """What a server decided on pictures and queue."""
        return await self._servers.rules(guild_id)

    async def granted(self, guild_id: GuildId) -> Mapping[RoleId, Role]:
        """The roles granted in a server."""
        return await self._grants.of(guild_id)

    async def grant(self, actor: Actor, role_id: RoleId, role: Role) -> None:
        """Give a Discord role a role of ours; nobody becomes an owner that way."""
        await self.require(actor, Role.ADMIN, "/admin access grant")
        if role not in GRANTABLE:
            allowed = ", ".join(choice.word for choice in GRANTABLE)
            raise BadValue(option="level", given=role.word, allowed=allowed)
        before = (await self._grants.of(actor.guild_id)).get(role_id)
        entry = self._entry(actor, "access grant", role_id, before=before, after=role)
        await self._grants.grant(actor.guild_id, role_id, role, entry)

    async def revoke(self, actor: Actor, role_id: RoleId) -> Role | None:
        """Take it back; what it was, None if there was nothing."""
        await self.require(actor, Role.ADMIN, "/admin access revoke")
        before = (await self._grants.of(actor.guild_id)).get(role_id)
        if before is None:
            return None
        entry = self._entry(actor, "access revoke", role_id, before=before, after=None)
        await self._grants.revoke(actor.guild_id, role_id, entry)
        return before

    async def audit(self, actor: Actor, limit: int) -> Sequence[AuditEntry]:
        """The newest changes made in the actor's server."""
        await self.require(actor, Role.ADMIN, "/admin audit")
        return await self._grants.audit(actor.guild_id, limit)

    def _entry(
        self, actor: Actor, action: str, role_id: RoleId, *, before: Role | None, after: Role | None
    ) -> AuditEntry:
        def said(role: Role | None) -> str:
            return f"<@&{role_id}> {role.word if role is not None else 'nothing'}"

        change = (said(before), said(after))
        return entry_of(actor, self._clock.now(), action, change)
