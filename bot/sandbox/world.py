"""The pretend Discord's people, servers, channels and messages, all in memory.

The REST and gateway halves of the stand-in read and change it; tests build one or take the
ready-made one of `bot.sandbox.demo`.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.sandbox.json_shapes import Json
from bot.sandbox.messages import Message
from bot.sandbox.pace import Pace
from bot.sandbox.permissions import (
    EVERYONE,
    EVERYTHING,
    IN_A_DM,
    NOTHING,
    Permission,
    with_implied_denials,
)
from bot.sandbox.snowflakes import Mint

CommandKey = tuple[int, str]


@dataclass(kw_only=True, eq=False, slots=True)
class User:
    id: int
    name: str
    display: str
    bot: bool = False
    dms_open: bool = True
    locale: str = "en-US"

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(kw_only=True, eq=False, slots=True)
class Role:
    id: int
    name: str
    permissions: Permission
    position: int = 1
    managed: bool = False


@dataclass(kw_only=True, slots=True)
class Overwrite:
    target_id: int
    is_role: bool
    allow: Permission = NOTHING
    deny: Permission = NOTHING


@dataclass(kw_only=True, eq=False, slots=True)
class Member:
    user: User
    roles: set[int] = field(default_factory=set[int])
    joined_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(kw_only=True, eq=False, slots=True)
class Channel:
    """A text channel of a server, or a DM with `recipient`."""

    id: int
    name: str
    guild: "Guild | None" = None
    recipient: User | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict[int, Overwrite])
    nsfw: bool = False
    topic: str | None = None
    position: int = 0

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"

    def overwrite(
        self, target: User | Role, *, allow: Permission = NOTHING, deny: Permission = NOTHING
    ) -> None:
        self.overwrites[target.id] = Overwrite(
            target_id=target.id, is_role=isinstance(target, Role), allow=allow, deny=deny
        )


@dataclass(kw_only=True, eq=False, slots=True)
class Guild:
    id: int
    name: str
    owner: User
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict[int, Role])
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    channels: dict[int, Channel] = field(default_factory=dict[int, Channel])

    def permissions(self, user: User, channel: Channel | None = None) -> Permission:
        """What a member may do in the server or, with overwrites, in one channel."""
        member = self.members.get(user.id)
        if member is None:
            return NOTHING
        granted = self._server_permissions(member)
        if granted == EVERYTHING or channel is None:
            return granted
        return with_implied_denials(_overwritten(granted, member, channel, self.id))

    def _server_permissions(self, member: Member) -> Permission:
        if member.user is self.owner:
            return EVERYTHING
        granted = self.roles[self.id].permissions
        for role_id in member.roles:
            granted |= self.roles[role_id].permissions
        return EVERYTHING if Permission.ADMINISTRATOR in granted else granted


def _overwritten(
    granted: Permission, member: Member, channel: Channel, everyone_id: int
) -> Permission:
    """Everyone's overwrite first, then all roles together, then the member's own."""
    everyone = channel.overwrites.get(everyone_id)
    if everyone is not None:
        granted = granted & ~everyone.deny | everyone.allow
    allow = deny = NOTHING
    for role_id in member.roles:
        overwrite = channel.overwrites.get(role_id)
        if overwrite is not None:
            allow, deny = allow | overwrite.allow, deny | overwrite.deny
    granted = granted & ~deny | allow
    own = channel.overwrites.get(member.user.id)
    return granted if own is None else granted & ~own.deny | own.allow


class World:
    def __init__(self, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self.mint = Mint(self.pace.now)
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        # Registered commands by scope (None is global), then by type and name.
        self.commands: dict[int | None, dict[CommandKey, Json]] = {None: {}}
        # Who sees a command although its default permission hides it, as Discord's page can say.
        self.command_access: dict[str, set[int]] = {}
        self.bot = self.add_user("hugops", "HugOps", bot=True)
        self.application_id = self.bot.id
        self.application_owner = self.add_user("olga", "Olga")
        # Whose view the page opens with; without one, the first person who is in a server.
        self.first_viewer: User | None = None
        # Who somebody is, in a word or two, for the page's list of people.
        self.introductions: dict[int, str] = {}
        self._dms: dict[int, Channel] = {}

    def add_user(self, name: str, display: str | None = None, *, bot: bool = False) -> User:
        user = User(id=self.mint.snowflake(), name=name, display=display or name, bot=bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User) -> Guild:
        guild = Guild(id=self.mint.snowflake(), name=name, owner=owner)
        guild.roles[guild.id] = Role(
            id=guild.id, name="@everyone", permissions=EVERYONE, position=0
        )
        self.guilds[guild.id] = guild
        self.join(guild, owner)
        return guild

    def add_role(self, guild: Guild, name: str, permissions: Permission = NOTHING) -> Role:
        role = Role(
            id=self.mint.snowflake(),
            name=name,
            permissions=permissions,
            position=len(guild.roles),
        )
        guild.roles[role.id] = role
        return role

    def add_channel(self, guild: Guild, name: str, *, nsfw: bool = False) -> Channel:
        channel = Channel(
            id=self.mint.snowflake(),
            name=name,
            guild=guild,
            nsfw=nsfw,
            position=len(guild.channels),
        )
        guild.channels[channel.id] = channel
        self.channels[channel.id] = channel
        return channel

    def join(self, guild: Guild, user: User, *roles: Role) -> Member:
        member = Member(user=user, roles={role.id for role in roles})
        guild.members[user.id] = member
        return member

    def remove_channel(self, channel: Channel) -> None:
        self.channels.pop(channel.id, None)
        if channel.guild is not None:
            channel.guild.channels.pop(channel.id, None)

    def dm(self, user: User) -> Channel:
        """The direct channel between the bot and this person, made on first use."""
        channel = self._dms.get(user.id)
        if channel is None:
            channel = Channel(id=self.mint.snowflake(), name=user.name, recipient=user)
            self._dms[user.id] = channel
            self.channels[channel.id] = channel
        return channel

    def permissions(self, user: User, channel: Channel) -> Permission:
        if channel.guild is not None:
            return channel.guild.permissions(user, channel)
        return IN_A_DM if user in (self.bot, channel.recipient) else NOTHING

    def sees(self, user: User, message: Message) -> bool:
        if message.deleted or message.visible_to not in (None, user):
            return False
        return Permission.VIEW_CHANNEL in self.permissions(user, message.channel)

    def messages_in(self, channel: Channel) -> list[Message]:
        return [m for m in self.messages.values() if m.channel is channel and not m.deleted]

    def commands_for(self, guild: Guild | None) -> list[Json]:
        """Global commands, then those registered for this server only."""
        commands = list(self.commands[None].values())
        if guild is not None:
            commands += self.commands.get(guild.id, {}).values()
        return commands

    def allow_command(self, name: str, target: User | Role) -> None:
        """Show a hidden top-level command to somebody, as Server Settings > Integrations does."""
        self.command_access.setdefault(name, set()).add(target.id)
