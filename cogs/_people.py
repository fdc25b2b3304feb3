"""Who pressed or typed, and where: the only place that reads people out of an interaction.

Rights come from the interaction itself, as Discord computed them at that moment. Called by every
command family.
"""

import discord

from bot.core.access import Actor, ChannelId, GuildId, RoleId, Sees, UserId
from bot.core.errors import NotInServer
from bot.core.jobs import Origin


def actor_of(interaction: discord.Interaction) -> Actor:
    """The person behind an interaction. Raises NotInServer."""
    if interaction.guild_id is None:
        raise NotInServer
    rights = interaction.permissions
    user = interaction.user
    roles = user.roles if isinstance(user, discord.Member) else []
    return Actor(
        user_id=UserId(user.id),
        guild_id=GuildId(interaction.guild_id),
        role_ids=frozenset(RoleId(role.id) for role in roles),
        manages_server=rights.manage_guild or rights.administrator,
        manages_messages=rights.manage_messages or rights.administrator,
        channel_id=ChannelId(interaction.channel_id) if interaction.channel_id else None,
    )


def origin_of(interaction: discord.Interaction) -> Origin:
    """Where a request came from. Raises NotInServer."""
    if interaction.guild_id is None or interaction.channel_id is None:
        raise NotInServer
    return Origin(
        interaction_id=interaction.id,
        application_id=interaction.application_id,
        guild_id=GuildId(interaction.guild_id),
        channel_id=ChannelId(interaction.channel_id),
        user_id=UserId(interaction.user.id),
        token=interaction.token,
        token_ends_at=interaction.expires_at,
        age_restricted=restricted_here(interaction),
    )


def actor_of_person(
    interaction: discord.Interaction, person: discord.Member | discord.User
) -> Actor:
    """Somebody whom a command names, with the rights Discord sent along. Raises NotInServer."""
    if interaction.guild_id is None:
        raise NotInServer
    guild_id, user_id = GuildId(interaction.guild_id), UserId(person.id)
    if not isinstance(person, discord.Member):
        return Actor(user_id=user_id, guild_id=guild_id)
    rights = person.resolved_permissions or person.guild_permissions
    return Actor(
        user_id=user_id,
        guild_id=guild_id,
        role_ids=frozenset(RoleId(role.id) for role in person.roles),
        manages_server=rights.manage_guild or rights.administrator,
    )


def is_age_restricted(channel: object) -> bool:
    """Whether a channel is marked for grown-ups: a thread as its parent; one unknown is not."""
    marked = getattr(channel, "is_nsfw", None)
    return bool(marked and marked())


def restricted_here(interaction: discord.Interaction) -> bool:
    """Whether an interaction happens in an age-restricted channel, as things stand now."""
    guild, channel_id = interaction.guild, interaction.channel_id
    known = guild.get_channel_or_thread(channel_id) if guild and channel_id else None
    return is_age_restricted(known or interaction.channel)


def on_private_message(interaction: discord.Interaction) -> bool:
    """Whether the pressed button sits on a message that only the person sees."""
    message = interaction.message
    return message is not None and message.flags.ephemeral


def eyes_of(interaction: discord.Interaction) -> Sees:
    """Which channels of the server the person may look into, by Discord's own rights."""

    def sees(channel_id: ChannelId) -> bool:
        if channel_id == interaction.channel_id:
            return True
        person, guild = interaction.user, interaction.guild
        channel = guild.get_channel_or_thread(channel_id) if guild else None
        if channel is None or not isinstance(person, discord.Member):
            return False
        if isinstance(channel, discord.Thread) and (channel.is_private() or not channel.parent):
            return False
        return channel.permissions_for(person).view_channel

    return sees
