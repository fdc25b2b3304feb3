"""What people do in their Discord app: type commands, press controls, send forms, read.

`DiscordServer` is one of these, so tests call the methods on the server; the page's routes do too.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from bot.sandbox.command_forms import (
    ClientRefusedError,
    Form,
    fill,
    find_form,
    nested,
    raw_form,
)
from bot.sandbox.command_menus import Target, find_menu, raw_menu
from bot.sandbox.discord_messages import Draft
from bot.sandbox.discord_realm import Realm
from bot.sandbox.discord_resolved import Thing, resolved_json
from bot.sandbox.interactions import Interaction, InteractionKind
from bot.sandbox.json_shapes import Json, entries
from bot.sandbox.messages import Message
from bot.sandbox.modal_forms import filled_modal
from bot.sandbox.world import Channel, User

T = TypeVar("T")
_BUTTON = 2


class People:
    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self.world = realm.world

    async def run_command(
        self,
        user: User,
        channel: Channel | None,
        name: str,
        /,
        *,
        dm: bool = False,
        raw: bool = False,
        **options: Any,
    ) -> Interaction:
        """Send a command, `"jobs queue"` for a subcommand, and return without waiting.

        `dm` runs it in the direct channel with the bot. `raw` sends what Discord's app would
        refuse: an unregistered or hidden command, unknown options, values out of range.
        """
        place = self.world.dm(user) if dm or channel is None else channel
        return self.send_command(user, place, name, options, raw=raw)

    def send_command(
        self, user: User, channel: Channel, name: str, options: Mapping[str, Any], *, raw: bool
    ) -> Interaction:
        form = self._form(user, channel, name, raw=raw)
        filled = fill(form, options, self.world, raw=raw)
        data = self._command_data(form, filled, channel)
        return self._deliver(InteractionKind.COMMAND, user, channel, data)

    async def run_menu(
        self,
        user: User,
        channel: Channel | None,
        name: str,
        target: Target,
        /,
        *,
        raw: bool = False,
    ) -> Interaction:
        """Pick a command from the "Apps" of a message or of a person, without waiting.

        Without a channel in the direct one with the bot. `raw` picks what Discord's app would not
        offer: an unregistered or hidden command, a message that the person does not see.
        """
        place = self.world.dm(user) if channel is None else channel
        find = raw_menu if raw else partial(find_menu, user=user)
        command = find(self.world, name, channel=place, target=target)
        data = _command_head(command)
        data["target_id"] = str(target.id)
        data["resolved"] = self._resolved([target], place)
        return self._deliver(InteractionKind.COMMAND, user, place, data, target=target)

    async def autocomplete(
        self,
        user: User,
        channel: Channel | None,
        name: str,
        option: str,
        value: str,
        /,
        **others: Any,
    ) -> list[Json]:
        """The choices that the bot offers while `value` is typed into `option`."""
        place = self.world.dm(user) if channel is None else channel
        form = self._form(user, place, name, raw=False)
        focused = next((o for o in form.options if o["name"] == option), None)
        if focused is None or not focused.get("autocomplete"):
            raise ClientRefusedError(f"/{name} has no suggestions for {option}")
        filled = fill(form, others, self.world, raw=True)
        filled.append({"name": option, "type": focused["type"], "value": value, "focused": True})
        data = self._command_data(form, filled, place)
        interaction = self._deliver(InteractionKind.AUTOCOMPLETE, user, place, data)
        return (await interaction.answered()).choices

    async def press(
        self,
        user: User,
        message: Message,
        control: str,
        *,
        values: list[str] | None = None,
        forged: bool = False,
    ) -> Interaction:
        """Use a button or select, named by custom id or label.

        `forged` sends a custom id that is not on the message, or that the person cannot see.
        """
        part = message.control(control)
        if not forged:
            self._check_usable(user, message, part, control)
            _check_chosen(part or {}, values or [])
        part = part or {"type": _BUTTON, "custom_id": control}
        data: Json = {"custom_id": part["custom_id"], "component_type": part["type"]}
        data["id"] = part.get("id", 1)
        if part["type"] != _BUTTON:
            data["values"] = values or []
            data["resolved"] = {}
        return self._deliver(
            InteractionKind.COMPONENT, user, message.channel, data, message=message
        )

    async def submit_modal(
        self, opened_by: Interaction, values: Mapping[str, Any] | None = None
    ) -> Interaction:
        """Send the form that an interaction opened; `values` by custom id or label."""
        if opened_by.modal is None:
            raise ClientRefusedError("This interaction opened no form")
        return self._deliver(
            InteractionKind.MODAL,
            opened_by.user,
            opened_by.channel,
            filled_modal(opened_by.modal, values or {}),
            message=opened_by.message,
            opener=opened_by,
        )

    def redeliver(self, interaction: Interaction) -> None:
        """The same interaction a second time, as the gateway may send it."""
        self.realm.redeliver(interaction)

    def messages(self, channel: Channel, viewer: User | None = None) -> list[Message]:
        """Oldest first; what is for one person only is left out for everybody else."""
        there = self.world.messages_in(channel)
        if viewer is None:
            return [message for message in there if message.visible_to is None]
        return [message for message in there if self.world.sees(viewer, message)]

    def dms(self, user: User) -> list[Message]:
        return self.messages(self.world.dm(user), user)

    async def say(self, user: User, channel: Channel, text: str) -> Message:
        """An ordinary message by a person."""
        draft = Draft(channel=channel, author=user, fields={"content": text})
        return self.realm.messages.create(draft)

    async def remove(self, message: Message) -> None:
        """Somebody with the right to do so deletes a message."""
        self.realm.messages.delete(message)

    async def until(self, predicate: Callable[[], T], within: float = 5.0) -> T:
        """The first true value of `predicate`, asked again after every change."""
        return await self.realm.changes.until(predicate, within)

    async def ready(self, within: float = 10.0) -> None:
        """Wait until a session of the bot is READY."""
        await self.until(lambda: self.realm.gateway.ready, within)

    def expire_token(self, interaction_id: int) -> None:
        self.realm.interactions[interaction_id].expired = True

    def expire_all_tokens(self) -> None:
        for interaction in self.realm.interactions.values():
            interaction.expired = True

    def _form(self, user: User, channel: Channel, name: str, *, raw: bool) -> Form:
        if raw:
            return raw_form(self.world, name, channel)
        return find_form(self.world, name, user, channel)

    def _command_data(self, form: Form, filled: list[Json], channel: Channel) -> Json:
        data = _command_head(form.command)
        data["options"] = nested(form, filled)
        if form.things:
            data["resolved"] = self._resolved(form.things, channel)
        return data

    def _resolved(self, things: Iterable[Thing], channel: Channel) -> Json:
        return resolved_json(things, channel, self.world, self.realm.messages)

    def _check_usable(self, user: User, message: Message, part: Json | None, control: str) -> None:
        if not self.world.sees(user, message):
            raise ClientRefusedError(f"{user.name} does not see this message")
        if part is None:
            raise ClientRefusedError(f"No control {control!r}; there are {message.labels}")
        if part.get("disabled"):
            raise ClientRefusedError(f"{control!r} is disabled")
        if part.get("custom_id") is None:
            raise ClientRefusedError(f"{control!r} is a link to {part['url']}")

    def _deliver(
        self,
        kind: InteractionKind,
        user: User,
        channel: Channel,
        data: Json,
        message: Message | None = None,
        **origin: Any,
    ) -> Interaction:
        guild = channel.guild
        if guild is not None and user.id not in guild.members:
            raise ClientRefusedError(f"{user.name} is not in {guild.name}")
        interaction = Interaction(
            id=self.world.mint.snowflake(),
            token=self.world.mint.token(),
            kind=kind,
            user=user,
            channel=channel,
            data=data,
            changes=self.realm.changes,
            message=message,
            **origin,
        )
        self.realm.deliver(interaction)
        return interaction


def _command_head(command: Json) -> Json:
    """Which command it is; the server's id only where it was registered for that server."""
    keys = ("id", "name", "type", "guild_id")
    return {key: command[key] for key in keys if command.get(key) is not None}


def _check_chosen(part: Json, values: list[str]) -> None:
    offered = [option["value"] for option in entries(part, "options")]
    if offered and not set(values) <= set(offered):
        raise ClientRefusedError(f"{values} are not among {offered}")
