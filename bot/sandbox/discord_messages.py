"""Creating, editing and deleting messages, whichever route asked for it."""

import io
import mimetypes
import re
from dataclasses import dataclass, field
from typing import cast

from PIL import Image

from bot.sandbox.changes import Changes, Event
from bot.sandbox.discord_bodies import Upload
from bot.sandbox.discord_errors import ApiError, Problem, invalid_form
from bot.sandbox.discord_gateway import Gateway, Intent
from bot.sandbox.discord_parts import check_length, complete_components, complete_embeds
from bot.sandbox.discord_payloads import message_json
from bot.sandbox.json_shapes import Json, entries
from bot.sandbox.messages import Attachment, Message, MessageFlag, MessageKind
from bot.sandbox.world import Channel, User, World

CONTENT_LIMIT = 2000
ATTACHMENT_LIMIT = 10
_SETTABLE = (
    MessageFlag.COMPONENTS_V2 | MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS
)
_MENTION = re.compile(r"<@!?(\d+)>")
_FILE_PART = re.compile(r"files\[(\d+)\]")


@dataclass(kw_only=True)
class Draft:
    """Where a message comes from; `fields` and `uploads` are what the request said."""

    channel: Channel
    author: User
    fields: Json
    uploads: list[Upload] = field(default_factory=list[Upload])
    kind: MessageKind = MessageKind.DEFAULT
    visible_to: User | None = None
    reference: Message | None = None
    origin: Json | None = None
    command: str | None = None
    loading: bool = False


class Messages:
    def __init__(self, world: World, changes: Changes, gateway: Gateway) -> None:
        self._world = world
        self._changes = changes
        self._gateway = gateway
        self.base_url = ""
        self.attachments: dict[int, Attachment] = {}

    def create(self, draft: Draft) -> Message:
        message = Message(
            id=self._world.mint.snowflake(),
            channel=draft.channel,
            author=draft.author,
            kind=draft.kind,
            visible_to=draft.visible_to,
            reference=draft.reference,
            origin=draft.origin,
            command=draft.command,
            nonce=draft.fields.get("nonce"),
        )
        if draft.visible_to is not None:
            message.flags |= MessageFlag.EPHEMERAL
        if draft.loading:
            message.flags |= MessageFlag.LOADING
        else:
            self._write(message, draft.fields, draft.uploads)
        self._world.messages[message.id] = message
        self._tell(message, "MESSAGE_CREATE")
        return message

    def edit(self, message: Message, fields: Json, uploads: list[Upload]) -> Message:
        was_loading = message.loading
        self._write(message, fields, uploads)
        message.edited_at = None if was_loading else self._world.pace.now()
        self._tell(message, "MESSAGE_UPDATE")
        return message

    def delete(self, message: Message) -> None:
        message.deleted = True
        gone = {"id": str(message.id), "channel_id": str(message.channel.id)}
        self._changes.publish(
            Event(
                type="message_delete",
                body=gone,
                channel_id=message.channel.id,
                person_id=None if message.visible_to is None else message.visible_to.id,
            )
        )
        if message.visible_to is None:
            self._dispatch("MESSAGE_DELETE", message.channel, gone)

    def json(self, message: Message) -> Json:
        return message_json(message, self._world)

    def _write(self, message: Message, fields: Json, uploads: list[Upload]) -> None:
        """Check everything first, so that a refused edit leaves the message as it was."""
        content = cast("str", fields.get("content", message.content) or "")
        check_length("content", content, CONTENT_LIMIT)
        flags = message.flags & ~MessageFlag.LOADING
        flags |= MessageFlag(fields.get("flags") or 0) & _SETTABLE
        v2 = MessageFlag.COMPONENTS_V2 in flags
        attachments = self._attachments(message, fields, uploads)
        files = {attachment.filename: attachment for attachment in attachments}
        embeds, components = message.embeds, message.components
        if "embeds" in fields:
            embeds = complete_embeds(fields["embeds"] or [], files)
        if "components" in fields:
            components = complete_components(fields["components"] or [], files, v2=v2)
        if v2 and (content or embeds):
            raise invalid_form("flags", "A V2 message has neither content nor embeds.")
        if not (content or embeds or components or attachments):
            raise ApiError(Problem.EMPTY_MESSAGE)
        message.mentions = self._mentioned(content, fields.get("allowed_mentions"), message)
        message.content, message.flags = content, flags
        message.embeds, message.components = embeds, components
        message.attachments = attachments

    def _attachments(
        self, message: Message, fields: Json, uploads: list[Upload]
    ) -> list[Attachment]:
        """An edit keeps the files that it lists; without a list it keeps all."""
        kept = list(message.attachments)
        listed: dict[str, Json] = {str(a["id"]): a for a in entries(fields, "attachments")}
        if "attachments" in fields:
            kept = [attachment for attachment in kept if str(attachment.id) in listed]
        for upload in uploads:
            number = _FILE_PART.fullmatch(upload.field_name)
            about = listed.get(number[1], {}) if number else {}
            kept.append(self.store(message.channel, upload, about))
        if len(kept) > ATTACHMENT_LIMIT:
            raise ApiError(Problem.TOO_MANY_FILES)
        return kept

    def store(self, channel: Channel, upload: Upload, about: Json | None = None) -> Attachment:
        """Give an uploaded file its id and the address under which the server hands it out."""
        about = about or {}
        attachment_id = upload.id or self._world.mint.snowflake()
        filename = about.get("filename") or upload.filename
        guessed = mimetypes.guess_type(filename)[0] or upload.content_type
        attachment = Attachment(
            id=attachment_id,
            filename=filename,
            data=upload.data,
            content_type=guessed,
            url=f"{self.base_url}/attachments/{channel.id}/{attachment_id}/{filename}",
            description=about.get("description"),
            size_px=_picture_size(upload.data) if guessed.startswith("image/") else None,
        )
        self.attachments[attachment_id] = attachment
        return attachment

    def _mentioned(self, content: str, allowed: Json | None, message: Message) -> list[User]:
        """Who is notified: nobody that `allowed_mentions` leaves out."""
        named = {int(found) for found in _MENTION.findall(content)}
        replied = allowed is None
        if allowed is not None:
            listed = {int(number) for number in cast("list[str]", allowed.get("users") or [])}
            parsed = "users" in (allowed.get("parse") or [])
            if parsed and listed:
                raise invalid_form("allowed_mentions/users", "Mutually exclusive with parse.")
            named = named if parsed else named & listed
            replied = bool(allowed.get("replied_user"))
        if replied and message.reference is not None:
            named.add(message.reference.author.id)
        return [self._world.users[i] for i in sorted(named) if i in self._world.users]

    def _tell(self, message: Message, event: str) -> None:
        body = self.json(message)
        person = message.visible_to
        self._changes.publish(
            Event(
                type="message",
                body={"message": body},
                channel_id=message.channel.id,
                person_id=None if person is None else person.id,
            )
        )
        if person is None:
            self._dispatch(event, message.channel, body)

    def _dispatch(self, event: str, channel: Channel, body: Json) -> None:
        guild = channel.guild
        intent = Intent.DIRECT_MESSAGES if guild is None else Intent.GUILD_MESSAGES
        data = body if guild is None else body | {"guild_id": str(guild.id)}
        guild_id = None if guild is None else guild.id
        self._gateway.dispatch(event, data, guild_id=guild_id, intent=intent)


def _picture_size(data: bytes) -> tuple[int, int] | None:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.size
    except (OSError, ValueError):
        return None
