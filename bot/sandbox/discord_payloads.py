"""The world's things as Discord's official document writes them; used by every route."""

from datetime import datetime

from bot.sandbox.interactions import InteractionKind
from bot.sandbox.json_shapes import Json, inner
from bot.sandbox.messages import Attachment, Message
from bot.sandbox.world import Channel, Guild, Member, Role, User, World

TEXT_CHANNEL = 0
DM_CHANNEL = 1


def moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def user_json(user: User) -> Json:
    body: Json = {
        "id": str(user.id),
        "username": user.display if user.bot else user.name,
        "global_name": None if user.bot else user.display,
        "discriminator": "0001" if user.bot else "0",
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    return body | {"bot": True} if user.bot else body


def own_user_json(user: User) -> Json:
    """`/users/@me` tells a little more than others see."""
    return user_json(user) | {"mfa_enabled": True, "locale": user.locale, "verified": True}


def application_json(world: World) -> Json:
    return {
        "id": str(world.application_id),
        "name": world.bot.display,
        "icon": None,
        "description": "",
        "type": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user_json(world.application_owner),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "bot": user_json(world.bot),
        "bot_public": False,
        "bot_require_code_grant": False,
    }


def role_json(role: Role) -> Json:
    return {
        "id": str(role.id),
        "name": role.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": role.position,
        "permissions": str(int(role.permissions)),
        "managed": role.managed,
        "mentionable": False,
        "flags": 0,
    }


def member_json(member: Member, *, with_user: bool = True) -> Json:
    body: Json = {
        "roles": [str(role_id) for role_id in sorted(member.roles)],
        "joined_at": moment(member.joined_at),
        "nick": None,
        "avatar": None,
        "banner": None,
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
    return body | {"user": user_json(member.user)} if with_user else body


def channel_json(channel: Channel) -> Json:
    if channel.guild is None:
        return {
            "id": str(channel.id),
            "type": DM_CHANNEL,
            "flags": 0,
            "last_message_id": None,
            "recipients": [user_json(channel.recipient)] if channel.recipient else [],
        }
    return {
        "id": str(channel.id),
        "type": TEXT_CHANNEL,
        "guild_id": str(channel.guild.id),
        "name": channel.name,
        "position": channel.position,
        "flags": 0,
        "nsfw": channel.nsfw,
        "parent_id": None,
        "topic": channel.topic,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        "permission_overwrites": [
            {
                "id": str(overwrite.target_id),
                "type": 0 if overwrite.is_role else 1,
                "allow": str(int(overwrite.allow)),
                "deny": str(int(overwrite.deny)),
            }
            for overwrite in channel.overwrites.values()
        ],
    }


def guild_json(guild: Guild, bot: User) -> Json:
    """GUILD_CREATE as a bot without the members intent gets it: itself is the only member."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner.id),
        "unavailable": False,
        "large": False,
        "member_count": len(guild.members),
        "preferred_locale": guild.locale,
        "features": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "premium_tier": 0,
        "nsfw_level": 0,
        "system_channel_flags": 0,
        "afk_timeout": 300,
        "joined_at": moment(guild.members[bot.id].joined_at),
        "roles": [role_json(role) for role in guild.roles.values()],
        "channels": [channel_json(channel) for channel in guild.channels.values()],
        "members": [member_json(guild.members[bot.id])],
        "threads": [],
        "emojis": [],
        "stickers": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def attachment_json(attachment: Attachment, *, ephemeral: bool) -> Json:
    body: Json = {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "size": len(attachment.data),
        "url": attachment.url,
        "proxy_url": attachment.url,
        "content_type": attachment.content_type,
    }
    if attachment.description is not None:
        body["description"] = attachment.description
    if attachment.size_px is not None:
        body["width"], body["height"] = attachment.size_px
    return body | {"ephemeral": True} if ephemeral else body


def message_json(message: Message, world: World) -> Json:
    body: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": int(message.kind),
        "author": user_json(message.author),
        "content": message.content,
        "mentions": [user_json(user) for user in message.mentions],
        "mention_roles": [],
        "mention_everyone": False,
        "attachments": [
            attachment_json(attachment, ephemeral=message.ephemeral)
            for attachment in message.attachments
            if not _shown_in_embed(attachment, message)
        ],
        "embeds": message.embeds,
        "components": message.components,
        "timestamp": moment(message.created_at),
        "edited_timestamp": moment(message.edited_at),
        "flags": int(message.flags),
        "pinned": False,
        "tts": False,
    }
    if message.nonce is not None:
        body["nonce"] = message.nonce
    return body | _reference(message) | _origin(message, world)


def _shown_in_embed(attachment: Attachment, message: Message) -> bool:
    """Discord leaves a file out of the list while an embed shows it."""
    shown = [
        inner(embed, key).get("url") for embed in message.embeds for key in ("image", "thumbnail")
    ]
    return attachment.url in shown


def _reference(message: Message) -> Json:
    if message.reference is None:
        return {}
    reference: Json = {
        "type": 0,
        "channel_id": str(message.reference.channel.id),
        "message_id": str(message.reference.id),
    }
    if message.channel.guild is not None:
        reference["guild_id"] = str(message.channel.guild.id)
    return {"message_reference": reference}


def _origin(message: Message, world: World) -> Json:
    """What only an answer to an interaction carries."""
    if message.origin is None:
        return {}
    body: Json = {
        "application_id": str(world.application_id),
        "webhook_id": str(world.application_id),
        "interaction_metadata": message.origin,
    }
    if message.command is not None:
        body["interaction"] = {
            "id": message.origin["id"],
            "type": int(InteractionKind.COMMAND),
            "name": message.command,
            "user": message.origin["user"],
        }
    return body
