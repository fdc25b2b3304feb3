"""The rules of a server for pictures, read and changed. Called by cogs."""

from bot.core.access import Actor, GuildId, Role
from bot.core.jobs import Job
from bot.core.ports import Clock, Servers
from bot.core.records import AuditEntry, entry_of
from bot.core.rulebook import Rule, changed, named
from bot.core.servers import ServerRules, Showing, showing
from bot.services.permissions import Permissions

COMMAND = "/admin config"


class Rules:
    """What the actor's server allows."""

    def __init__(self, servers: Servers, permissions: Permissions, clock: Clock) -> None:
        self._servers = servers
        self._permissions = permissions
        self._clock = clock

    async def show(self, actor: Actor) -> ServerRules:
        """All of them, for admins."""
        await self._permissions.require(actor, Role.ADMIN, COMMAND)
        return await self._servers.rules(actor.guild_id)

    async def set(self, actor: Actor, rule: Rule, typed: str) -> ServerRules:
        """Change one, with an audit row; all of them as they stand then. Raises BadValue."""
        await self._permissions.require(actor, Role.ADMIN, COMMAND)
        now_at = self._clock.now()

        def change(rules: ServerRules) -> tuple[ServerRules, AuditEntry]:
            after = changed(rules, rule, typed)
            said = (named(rules, rule), named(after, rule))
            return after, entry_of(actor, now_at, f"config {rule.value}", said)

        return await self._servers.change(actor.guild_id, change)

    async def private(self, guild_id: GuildId, chosen: bool | None) -> bool:
        """Whether a picture is private: as chosen, else as the server has it."""
        if chosen is not None:
            return chosen
        return (await self._servers.rules(guild_id)).private_by_default

    async def showing(self, job: Job, *, here_restricted: bool) -> Showing:
        """How the picture of a job may appear in a channel, by the rules of this moment."""
        rule = (await self._servers.rules(job.guild_id)).age_rule
        return showing(rule, made_restricted=job.age_restricted, here_restricted=here_restricted)
