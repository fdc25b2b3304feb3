"""What a person's Discord app does between a press on "Apps" and what is sent: finds the registered
message or user command and refuses what the real app would refuse. Asked by `discord_client`.
"""

from bot.sandbox.command_forms import ClientRefusedError, is_offered
from bot.sandbox.json_shapes import Json
from bot.sandbox.messages import Message
from bot.sandbox.world import Channel, User, World

USER_MENU, MESSAGE_MENU = 2, 3

# What a menu was opened on: a message, or a person's name.
Target = Message | User


def find_menu(world: World, name: str, user: User, channel: Channel, target: Target) -> Json:
    """The registered command of this name, as this person is offered it on this target."""
    command = _registered(world, name, channel, target)
    if command is None or not is_offered(world, command, user, channel):
        raise ClientRefusedError(f"{name!r} is not among the apps that {user.name} sees here")
    _check_in_sight(world, user, channel, target)
    return command


def raw_menu(world: World, name: str, channel: Channel, target: Target) -> Json:
    """What is known about a command that Discord's app would not offer here."""
    unknown: Json = {"id": str(world.mint.snowflake()), "name": name, "type": _kind(target)}
    return _registered(world, name, channel, target) or unknown


def _registered(world: World, name: str, channel: Channel, target: Target) -> Json | None:
    """One of the server wins over a global one of the same name."""
    for command in reversed(world.commands_for(channel.guild)):
        if command["name"] == name and command["type"] == _kind(target):
            return command
    return None


def _kind(target: Target) -> int:
    return MESSAGE_MENU if isinstance(target, Message) else USER_MENU


def _check_in_sight(world: World, user: User, channel: Channel, target: Target) -> None:
    if isinstance(target, Message):
        if target.channel is not channel or not world.sees(user, target):
            raise ClientRefusedError(f"{user.name} does not see this message in {channel.name}")
    elif channel.guild is not None and target.id not in channel.guild.members:
        raise ClientRefusedError(f"{target.name} is not in {channel.guild.name}")
