"""The routes that need no bot token: interaction callbacks and the interaction's webhook."""

from aiohttp import web

from bot.sandbox.changes import Event
from bot.sandbox.discord_answers import answer, no_content
from bot.sandbox.discord_errors import ApiError, Problem, invalid_form
from bot.sandbox.discord_exchange import Call, Exchanges
from bot.sandbox.discord_interaction_payloads import origin_json
from bot.sandbox.discord_messages import Draft
from bot.sandbox.discord_parts import check_choices
from bot.sandbox.discord_realm import Realm
from bot.sandbox.interactions import CallbackType, Interaction, InteractionKind
from bot.sandbox.json_shapes import Json
from bot.sandbox.messages import Message, MessageFlag, MessageKind

_DEFERRAL_FLAGS = int(MessageFlag.EPHEMERAL)
_WITH_RESOURCE = (CallbackType.MESSAGE, CallbackType.UPDATE)
_ON_A_MESSAGE = (CallbackType.DEFERRED_UPDATE, CallbackType.UPDATE)


class InteractionRoutes:
    def __init__(self, realm: Realm) -> None:
        self._realm = realm

    def register(self, exchanges: Exchanges) -> None:
        hook = "/webhooks/{application}/{token}"
        for method, path, handler in (
            ("POST", "/interactions/{interaction}/{token}/callback", self.respond),
            ("POST", hook, self.follow_up),
            ("GET", hook + "/messages/{message}", self.read),
            ("PATCH", hook + "/messages/{message}", self.edit),
            ("DELETE", hook + "/messages/{message}", self.delete),
        ):
            exchanges.add(method, path, handler, by_token=True)

    async def respond(self, call: Call) -> web.Response:
        interaction = self._open_interaction(call)
        kind = self._callback_type(call.fields, interaction)
        message = self._apply(kind, interaction, call)
        interaction.response = call.fields
        interaction.answered_s = call.received_s
        self._realm.changes.touch()
        if call.request.query.get("with_response") not in ("1", "true"):
            return no_content()
        return answer(self._callback_json(kind, interaction, message))

    async def follow_up(self, call: Call) -> web.Response:
        interaction = self._acknowledged(call)
        loading = interaction.original
        if loading is not None and loading.loading and not loading.deleted:
            return answer(self._edited(loading, call))
        draft = self._draft(interaction, call.fields, call)
        message = self._realm.messages.create(draft)
        interaction.followups.append(message)
        self._realm.changes.touch()
        return answer(self._realm.messages.json(message))

    async def read(self, call: Call) -> web.Response:
        return answer(self._realm.messages.json(self._message(call)))

    async def edit(self, call: Call) -> web.Response:
        return answer(self._edited(self._message(call), call))

    async def delete(self, call: Call) -> web.Response:
        self._realm.messages.delete(self._message(call))
        return no_content()

    def _edited(self, message: Message, call: Call) -> Json:
        self._realm.messages.edit(message, call.fields, call.body.uploads)
        return self._realm.messages.json(message)

    def _open_interaction(self, call: Call) -> Interaction:
        """The interaction that may still be answered for the first time."""
        number = call.snowflake("interaction", Problem.UNKNOWN_INTERACTION)
        interaction = self._realm.interactions.get(number)
        if interaction is None or interaction.token != call.text("token"):
            raise ApiError(Problem.UNKNOWN_INTERACTION)
        if interaction.response is not None:
            raise ApiError(Problem.ALREADY_ACKNOWLEDGED)
        if interaction.failed or interaction.expired:
            raise ApiError(Problem.UNKNOWN_INTERACTION)
        return interaction

    def _callback_type(self, fields: Json, interaction: Interaction) -> CallbackType:
        try:
            kind = CallbackType(fields.get("type"))
        except ValueError:
            raise invalid_form("type", "Unknown callback type.") from None
        suggests = interaction.kind is InteractionKind.AUTOCOMPLETE
        if suggests != (kind is CallbackType.CHOICES):
            raise invalid_form("type", "Choices answer a suggestion, and nothing else does.")
        if kind in _ON_A_MESSAGE and interaction.message is None:
            raise invalid_form("type", "There is no message to update.")
        if kind is CallbackType.MODAL and interaction.kind is InteractionKind.MODAL:
            raise invalid_form("type", "A modal cannot open another modal.")
        return kind

    def _apply(self, kind: CallbackType, interaction: Interaction, call: Call) -> Message | None:
        data: Json = call.fields.get("data") or {}
        match kind:
            case CallbackType.MESSAGE | CallbackType.DEFERRED_MESSAGE:
                draft = self._draft(interaction, data, call)
                draft.loading = kind is CallbackType.DEFERRED_MESSAGE
                if draft.loading and (data.get("flags") or 0) & ~_DEFERRAL_FLAGS:
                    raise invalid_form("data/flags", "A deferral can only be ephemeral.")
                interaction.original = self._realm.messages.create(draft)
            case CallbackType.DEFERRED_UPDATE:
                interaction.original = interaction.message
            case CallbackType.UPDATE if interaction.message is not None:
                self._realm.messages.edit(interaction.message, data, call.body.uploads)
                interaction.original = interaction.message
            case CallbackType.CHOICES:
                check_choices(data.get("choices") or [])
            case _:
                self._open_modal(interaction, data)
        return interaction.original

    def _open_modal(self, interaction: Interaction, data: Json) -> None:
        limit = 5
        if not 1 <= len(data.get("components") or []) <= limit:
            raise invalid_form("data/components", f"Must be between 1 and {limit} in length.")
        self._realm.changes.publish(
            Event(
                type="modal",
                body={"modal": data | {"id": str(interaction.id)}},
                channel_id=interaction.channel.id,
                person_id=interaction.user.id,
            )
        )

    def _draft(self, interaction: Interaction, data: Json, call: Call) -> Draft:
        ephemeral = (data.get("flags") or 0) & MessageFlag.EPHEMERAL
        first = interaction.response is None and interaction.kind is InteractionKind.COMMAND
        return Draft(
            channel=interaction.channel,
            author=self._realm.world.bot,
            fields=data,
            uploads=call.body.uploads,
            kind=_message_kind(interaction) if first else MessageKind.DEFAULT,
            visible_to=interaction.user if ephemeral else None,
            origin=origin_json(interaction),
            command=interaction.command if first else None,
        )

    def _callback_json(
        self, kind: CallbackType, interaction: Interaction, message: Message | None
    ) -> Json:
        about: Json = {
            "id": str(interaction.id),
            "type": int(interaction.kind),
            "channel_id": str(interaction.channel.id),
        }
        if interaction.channel.guild is not None:
            about["guild_id"] = str(interaction.channel.guild.id)
        if message is None:
            return {"interaction": about}
        about["response_message_id"] = str(message.id)
        about["response_message_loading"] = message.loading
        about["response_message_ephemeral"] = message.ephemeral
        if kind not in _WITH_RESOURCE:
            return {"interaction": about}
        resource = {"type": int(kind), "message": self._realm.messages.json(message)}
        return {"interaction": about, "resource": resource}

    def _acknowledged(self, call: Call) -> Interaction:
        """The interaction behind a webhook token that still counts."""
        interaction = self._realm.by_token(call.text("token"))
        if interaction is None or call.text("application") != str(self._realm.world.application_id):
            raise ApiError(Problem.UNKNOWN_WEBHOOK)
        if self._realm.is_expired(interaction):
            raise ApiError(Problem.INVALID_TOKEN)
        if interaction.response is None:
            raise ApiError(Problem.UNKNOWN_WEBHOOK)
        return interaction

    def _message(self, call: Call) -> Message:
        interaction = self._acknowledged(call)
        asked = call.text("message")
        reachable = [interaction.original, interaction.message, *interaction.followups]
        if asked == "@original":
            reachable = [interaction.original]
        for message in reachable:
            if message is None or message.deleted:
                continue
            if asked in ("@original", str(message.id)):
                return message
        raise ApiError(Problem.UNKNOWN_MESSAGE)


def _message_kind(interaction: Interaction) -> MessageKind:
    """How the first answer to a command is marked: by how the command was picked."""
    typed = interaction.target is None
    return MessageKind.CHAT_INPUT_COMMAND if typed else MessageKind.CONTEXT_MENU_COMMAND
