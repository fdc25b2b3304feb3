"""Who may do what: roles, the people who act, and the check. Called by services and cogs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NewType

GuildId = NewType("GuildId", int)
ChannelId = NewType("ChannelId", int)
UserId = NewType("UserId", int)
RoleId = NewType("RoleId", int)

Sees = Callable[[ChannelId], bool]  # whether a person may look into a channel


class Role(IntEnum):
    """A higher role may do all that a lower one may."""

    MEMBER = 0
    POWER = 1
    OPERATOR = 2
    ADMIN = 3
    OWNER = 4

    @property
    def word(self) -> str:
        """The role as people read and type it."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person behind an interaction, as Discord described them at that moment."""

    user_id: UserId
    guild_id: GuildId
    role_ids: frozenset[RoleId] = frozenset()
    manages_server: bool = False
    manages_messages: bool = False  # in the channel they act in
    channel_id: ChannelId | None = None


@dataclass(frozen=True, kw_only=True)
class Served:
    """Which servers the bot works for: those `named`, or the only one it is `joined` to."""

    named: frozenset[GuildId]
    joined: frozenset[GuildId]

    def __contains__(self, guild_id: GuildId) -> bool:
        if self.named:
            return guild_id in self.named
        return len(self.joined) <= 1

    @property
    def undecided(self) -> bool:
        """Whether somebody has to name the servers: none is named, and there are several."""
        return not self.named and len(self.joined) > 1

    @property
    def several(self) -> bool:
        """Whether several servers share the token, so that only owners may turn its knobs."""
        return len(self.named or self.joined) > 1


def role_of(actor: Actor, grants: Mapping[RoleId, Role], owner_ids: frozenset[UserId]) -> Role:
    """The highest role that ownership, Discord's Manage Server or a granted role gives."""
    if actor.user_id in owner_ids:
        return Role.OWNER
    granted = [grants[role_id] for role_id in actor.role_ids if role_id in grants]
    if actor.manages_server:
        granted.append(Role.ADMIN)
    return max(granted, default=Role.MEMBER)
