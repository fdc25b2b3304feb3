"""Ids, permissions and forms of the pretend world, without any server."""

from datetime import UTC, datetime

import pytest

from bot.sandbox.command_forms import ClientRefusedError
from bot.sandbox.demo import DemoWorld
from bot.sandbox.modal_forms import filled_modal
from bot.sandbox.permissions import EVERYTHING, NOTHING, Permission
from bot.sandbox.snowflakes import Mint, created_at


def test_ids_are_unique_and_carry_the_time():
    mint = Mint(lambda: datetime.now(UTC))
    made = [mint.snowflake() for _ in range(5000)]
    assert len(set(made)) == len(made)
    assert made == sorted(made)
    assert abs((datetime.now(UTC) - created_at(made[0])).total_seconds()) < 5


def test_who_may_do_what(world: DemoWorld):
    assert world.permissions(world.owner, world.general) == EVERYTHING
    assert Permission.MANAGE_GUILD in world.permissions(world.admin, world.general)
    assert Permission.MANAGE_GUILD not in world.permissions(world.operator, world.general)
    assert Permission.VIEW_CHANNEL in world.permissions(world.bot, world.rules)
    assert Permission.ATTACH_FILES not in world.permissions(world.bot, world.rules)
    assert world.permissions(world.bot, world.announcements) == NOTHING
    assert world.permissions(world.ana, world.other_channel) == NOTHING
    assert world.permissions(world.bo, world.dm(world.ana)) == NOTHING


def test_overwrites_go_from_everyone_over_roles_to_the_member(world: DemoWorld):
    everyone = world.guild.roles[world.guild.id]
    world.general.overwrite(everyone, deny=Permission.SEND_MESSAGES)
    assert Permission.SEND_MESSAGES not in world.permissions(world.operator, world.general)
    world.general.overwrite(world.operators, allow=Permission.SEND_MESSAGES)
    assert Permission.SEND_MESSAGES in world.permissions(world.operator, world.general)
    world.general.overwrite(world.operator, deny=Permission.SEND_MESSAGES)
    assert Permission.SEND_MESSAGES not in world.permissions(world.operator, world.general)
    world.operators.permissions = Permission.ADMINISTRATOR
    assert world.permissions(world.operator, world.general) == EVERYTHING


def test_forms_of_every_kind_of_input():
    modal = {
        "custom_id": "form",
        "title": "Form",
        "components": [
            {"type": 10, "content": "Read this"},
            {"type": 1, "components": [{"type": 4, "custom_id": "old", "label": "Old"}]},
            {
                "type": 18,
                "label": "Size",
                "component": {
                    "type": 3,
                    "custom_id": "size",
                    "options": [{"label": "S", "value": "s", "default": True}],
                },
            },
            {"type": 18, "label": "Sure", "component": {"type": 23, "custom_id": "sure"}},
            {
                "type": 18,
                "label": "Pick",
                "component": {
                    "type": 21,
                    "custom_id": "pick",
                    "options": [{"label": "A", "value": "a", "default": True}],
                },
            },
        ],
    }
    sent = filled_modal(modal, {"old": "text"})["components"]
    assert sent[1]["components"][0]["value"] == "text"
    assert sent[2]["component"]["values"] == ["s"]
    assert sent[3]["component"]["value"] is False
    assert sent[4]["component"]["value"] == "a"
    with pytest.raises(ClientRefusedError, match="no input"):
        filled_modal(modal, {"old": "text", "new": "x"})
    with pytest.raises(ClientRefusedError, match="required"):
        filled_modal(modal, {})
    with pytest.raises(ClientRefusedError, match="characters"):
        filled_modal(modal, {"old": "x" * 4001})
