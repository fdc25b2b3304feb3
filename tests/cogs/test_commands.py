"""The command tree as Discord gets it: every name, option and limit of the contract."""

import re
from collections.abc import Iterator
from typing import Any

import discord
import pytest

from bot.client import HugOps

SUBCOMMAND, GROUP = 1, 2
ID_OPTIONS = {"job", "model", "action"}
NAME = re.compile(r"[-_a-z0-9]{1,32}")

OPTIONS = {
    "imagine": [
        "prompt",
        "model",
        "size",
        "negative_prompt",
        "seed",
        "steps",
        "guidance",
        "private",
        "spoiler",
    ],
    "jobs queue": ["scope"],
    "jobs show": ["job"],
    "jobs cancel": ["job"],
    "jobs list": ["status", "user", "model", "page"],
    "jobs retry": ["job"],
    "quota": [],
    "status": [],
    "help": ["topic"],
    "admin limits show": [],
    "admin limits set": ["window", "value", "seconds"],
    "admin limits preset": ["plan"],
    "admin access grant": ["role", "level"],
    "admin access revoke": ["role"],
    "admin access list": [],
    "admin queue pause": ["reason"],
    "admin queue resume": ["reason"],
    "admin queue drain": ["reason"],
    "admin queue clear": ["reason"],
    "admin alerts": ["channel"],
    "admin block": ["user", "until", "reason"],
    "admin unblock": ["user", "reason"],
    "admin config": [],
    "admin audit": ["user", "action", "since"],
    "admin doctor": ["deep"],
}


def payloads(client: HugOps) -> dict[str, dict[str, Any]]:
    typed = client.tree.get_commands(type=discord.AppCommandType.chat_input)
    return {command.name: command.to_dict(client.tree) for command in typed}


async def test_the_menu_of_a_message(client: HugOps) -> None:
    menu = client.tree.get_commands(type=discord.AppCommandType.message)
    named = {c.name for c in menu}
    assert named == {"Job details", "Reuse prompt", "Delete this image", "Report image"}


def walk(part: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every command that can be run, with its full name."""
    name = f"{path} {part['name']}".strip()
    below = [o for o in part.get("options", []) if o["type"] in {SUBCOMMAND, GROUP}]
    if (path and part["type"] == SUBCOMMAND) or (not below and not path):
        yield name, part
    for option in below:
        yield from walk(option, name)


def described(part: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield part["name"], part["description"]
    for option in part.get("options", []):
        yield from described(option)


def weight(part: dict[str, Any]) -> int:
    """Characters that Discord counts against a command's 8,000."""
    own = len(part["name"]) + len(part.get("description", ""))
    choices = sum(len(c["name"]) + len(str(c["value"])) for c in part.get("choices") or [])
    return own + choices + sum(weight(option) for option in part.get("options", []))


def runnable(client: HugOps) -> dict[str, dict[str, Any]]:
    return {name: part for top in payloads(client).values() for name, part in walk(top)}


async def test_exactly_the_commands_that_are_built_are_there(client: HugOps) -> None:
    found = {
        name: [option["name"] for option in part["options"]]
        for name, part in runnable(client).items()
    }
    assert found == OPTIONS


async def test_descriptions_are_short_and_said_everywhere(client: HugOps) -> None:
    every = [pair for top in payloads(client).values() for pair in described(top)]
    assert [pair for pair in every if not 3 < len(pair[1]) <= 70] == []
    assert [name for name, _ in every if not NAME.fullmatch(name)] == []


async def test_required_options_come_first(client: HugOps) -> None:
    for name, part in runnable(client).items():
        required = [option["required"] for option in part["options"]]
        assert required == sorted(required, reverse=True), name


async def test_every_option_that_takes_an_id_suggests(client: HugOps) -> None:
    silent = [
        (name, option["name"])
        for name, part in runnable(client).items()
        for option in part["options"]
        if option["name"] in ID_OPTIONS and not option.get("autocomplete")
    ]
    assert silent == []


async def test_commands_work_in_servers_only(client: HugOps) -> None:
    for payload in payloads(client).values():
        assert payload["contexts"] == [0]
        assert payload["integration_types"] == [0]


async def test_only_admin_is_hidden_from_most(client: HugOps) -> None:
    hidden = {n: p["default_member_permissions"] for n, p in payloads(client).items()}
    assert hidden.pop("admin") == 1 << 5
    assert set(hidden.values()) == {None}


async def test_every_command_leaves_room_for_translations(client: HugOps) -> None:
    weights = {name: weight(payload) for name, payload in payloads(client).items()}
    assert max(weights.values()) < 7500, weights


async def test_the_prompt_is_bounded_where_it_is_typed(client: HugOps) -> None:
    prompt = payloads(client)["imagine"]["options"][0]
    assert (prompt["min_length"], prompt["max_length"]) == (1, 1500)


async def test_the_sizes_are_offered(client: HugOps) -> None:
    size = payloads(client)["imagine"]["options"][2]
    offered = [choice["value"] for choice in size["choices"]]
    assert offered == ["square-512", "square-1024", "portrait", "landscape", "wide"]


@pytest.mark.parametrize(
    "verb",
    [
        "cancel",
        "reroll",
        "retry",
        "edit",
        "notify",
        "list",
        "delete",
        "details",
        "refresh",
        "cancelmine",
        "repost",
        "reuse",
        "report",
        "reportdelete",
        "reportdismiss",
        "download",
        "status",
        "clear",
        "config",
    ],
)
async def test_every_button_is_answered(client: HugOps, verb: str) -> None:
    assert verb in client.presses
