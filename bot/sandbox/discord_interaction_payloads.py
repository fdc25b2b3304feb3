"""Interactions as the gateway sends them, and the trace that they leave on messages."""

from bot.sandbox.discord_payloads import channel_json, member_json, message_json, user_json
from bot.sandbox.interactions import Interaction, InteractionKind
from bot.sandbox.json_shapes import Json
from bot.sandbox.messages import Message
from bot.sandbox.permissions import Permission
from bot.sandbox.world import Channel, Guild, User, World

GUILD_CONTEXT = 0
BOT_DM_CONTEXT = 1


def origin_json(interaction: Interaction) -> Json:
    """`interaction_metadata` of the messages that an interaction makes."""
    body: Json = {
        "id": str(interaction.id),
        "type": int(interaction.kind),
        "user": user_json(interaction.user),
        "authorizing_integration_owners": _installed_for(interaction.channel),
    }
    match interaction.target:
        case Message():
            body["target_message_id"] = str(interaction.target.id)
        case User():
            body["target_user"] = user_json(interaction.target)
        case None:
            pass
    if interaction.kind is InteractionKind.COMPONENT and interaction.message is not None:
        body["interacted_message_id"] = str(interaction.message.id)
    if interaction.kind is InteractionKind.MODAL and interaction.opener is not None:
        body["triggering_interaction_metadata"] = origin_json(interaction.opener)
    return body


def _installed_for(channel: Channel) -> Json:
    return {"0": "0" if channel.guild is None else str(channel.guild.id)}


def interaction_json(interaction: Interaction, world: World, file_limit: int) -> Json:
    """INTERACTION_CREATE."""
    channel = interaction.channel
    seen = world.permissions(interaction.user, channel)
    body: Json = {
        "id": str(interaction.id),
        "application_id": str(world.application_id),
        "type": int(interaction.kind),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": channel_json(channel) | {"permissions": str(int(seen))},
        "locale": interaction.user.locale,
        "app_permissions": str(int(world.permissions(world.bot, channel))),
        "attachment_size_limit": file_limit,
        "entitlements": [],
        "authorizing_integration_owners": _installed_for(channel),
        "context": BOT_DM_CONTEXT if channel.guild is None else GUILD_CONTEXT,
    }
    if interaction.message is not None:
        body["message"] = message_json(interaction.message, world)
    return body | _invoker(interaction, channel.guild, seen)


def _invoker(interaction: Interaction, guild: Guild | None, seen: Permission) -> Json:
    if guild is None:
        return {"user": user_json(interaction.user)}
    member = member_json(guild.members[interaction.user.id])
    return {
        "member": member | {"permissions": str(int(seen))},
        "guild_id": str(guild.id),
        "guild_locale": guild.locale,
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
    }
