"""The bot's channel routes: reading, posting, editing and deleting messages with its own rights."""

from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web

from bot.sandbox.discord_answers import answer, no_content
from bot.sandbox.discord_errors import ApiError, Problem, invalid_form
from bot.sandbox.discord_exchange import Call, Exchanges
from bot.sandbox.discord_messages import Draft
from bot.sandbox.discord_payloads import channel_json
from bot.sandbox.discord_realm import Realm
from bot.sandbox.json_shapes import Json
from bot.sandbox.messages import Message, MessageKind
from bot.sandbox.permissions import Permission
from bot.sandbox.world import Channel, World

_PAGE = 50
_LONGEST_PAGE = 100


class ChannelRoutes:
    def __init__(self, realm: Realm) -> None:
        self._realm = realm
        self._world: World = realm.world
        self._by_nonce: dict[tuple[int, str], Message] = {}

    def register(self, exchanges: Exchanges) -> None:
        messages = "/channels/{channel}/messages"
        for method, path, handler in (
            ("GET", "/channels/{channel}", self.channel),
            ("POST", "/channels/{channel}/typing", self.typing),
            ("GET", messages, self.history),
            ("POST", messages, self.post),
            ("GET", messages + "/{message}", self.read),
            ("PATCH", messages + "/{message}", self.edit),
            ("DELETE", messages + "/{message}", self.delete),
        ):
            exchanges.add(method, path, handler)

    async def channel(self, call: Call) -> web.Response:
        return answer(channel_json(self._visible(call)))

    async def typing(self, call: Call) -> web.Response:
        self._need(self._visible(call), Permission.SEND_MESSAGES)
        return no_content()

    async def post(self, call: Call) -> web.Response:
        channel = self._visible(call)
        self._may_post(channel, call)
        known = self._by_nonce.get((channel.id, str(call.fields.get("nonce"))))
        if known is not None and call.fields.get("enforce_nonce"):
            return answer(self._realm.messages.json(known))
        reference = self._reference(call, channel)
        message = self._realm.messages.create(
            Draft(
                channel=channel,
                author=self._world.bot,
                fields=call.fields,
                uploads=call.body.uploads,
                reference=reference,
                kind=MessageKind.DEFAULT if reference is None else MessageKind.REPLY,
            )
        )
        if message.nonce is not None:
            self._by_nonce[channel.id, str(message.nonce)] = message
        return answer(self._realm.messages.json(message), HTTPStatus.OK)

    async def read(self, call: Call) -> web.Response:
        channel = self._visible(call)
        self._need(channel, Permission.READ_MESSAGE_HISTORY)
        return answer(self._realm.messages.json(self._message(call, channel)))

    async def edit(self, call: Call) -> web.Response:
        message = self._message(call, self._visible(call))
        if message.author is not self._world.bot:
            raise ApiError(Problem.OTHERS_MESSAGE)
        self._realm.messages.edit(message, call.fields, call.body.uploads)
        return answer(self._realm.messages.json(message))

    async def delete(self, call: Call) -> web.Response:
        channel = self._visible(call)
        message = self._message(call, channel)
        if message.author is not self._world.bot:
            self._need(channel, Permission.MANAGE_MESSAGES)
        self._realm.messages.delete(message)
        return no_content()

    async def history(self, call: Call) -> web.Response:
        """Newest first, as Discord lists them."""
        channel = self._visible(call)
        if Permission.READ_MESSAGE_HISTORY not in self._granted(channel):
            return answer([])
        public = [m for m in self._world.messages_in(channel) if m.visible_to is None]
        asked = call.request.query
        limit = min(int(asked.get("limit", _PAGE)), _LONGEST_PAGE)
        chosen = _page(public, asked.get, limit)
        return answer([self._realm.messages.json(message) for message in reversed(chosen)])

    def _granted(self, channel: Channel) -> Permission:
        return self._world.permissions(self._world.bot, channel)

    def _visible(self, call: Call) -> Channel:
        channel = self._world.channels.get(call.snowflake("channel", Problem.UNKNOWN_CHANNEL))
        if channel is None:
            raise ApiError(Problem.UNKNOWN_CHANNEL)
        if Permission.VIEW_CHANNEL not in self._granted(channel):
            raise ApiError(Problem.MISSING_ACCESS)
        return channel

    def _need(self, channel: Channel, permission: Permission) -> None:
        if permission not in self._granted(channel):
            raise ApiError(Problem.MISSING_PERMISSIONS)

    def _may_post(self, channel: Channel, call: Call) -> None:
        if channel.recipient is not None and not channel.recipient.dms_open:
            raise ApiError(Problem.DM_CLOSED)
        self._need(channel, Permission.SEND_MESSAGES)
        if call.body.uploads:
            self._need(channel, Permission.ATTACH_FILES)

    def _message(self, call: Call, channel: Channel) -> Message:
        """An ephemeral message does not exist for the channel's routes."""
        message = self._public(call.snowflake("message", Problem.UNKNOWN_MESSAGE), channel)
        if message is None:
            raise ApiError(Problem.UNKNOWN_MESSAGE)
        return message

    def _public(self, message_id: int, channel: Channel) -> Message | None:
        message = self._world.messages.get(message_id)
        if message is None or message.channel is not channel:
            return None
        return None if message.deleted or message.visible_to is not None else message

    def _reference(self, call: Call, channel: Channel) -> Message | None:
        reference: Json | None = call.fields.get("message_reference")
        if not reference:
            return None
        if Permission.READ_MESSAGE_HISTORY not in self._granted(channel):
            raise ApiError(Problem.NO_HISTORY)
        message = self._public(int(reference["message_id"]), channel)
        if message is None and reference.get("fail_if_not_exists", True):
            raise invalid_form("message_reference", "Unknown message")
        return message


def _page(messages: list[Message], asked: Callable[[str], str | None], limit: int) -> list[Message]:
    """The window of an oldest-first list that `before`, `after` or `around` names."""
    after, before, around = asked("after"), asked("before"), asked("around")
    if after is not None:
        return [m for m in messages if m.id > int(after)][:limit]
    if before is not None:
        return [m for m in messages if m.id < int(before)][-limit:]
    if around is not None:
        older = [m for m in messages if m.id < int(around)][-(limit // 2) :]
        return older + [m for m in messages if m.id >= int(around)][: limit - len(older)]
    return messages[-limit:]
