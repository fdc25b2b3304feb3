"""Who may do what, decided in code: roles, grants, the audit trail, several servers."""

import csv
import io

import pytest

from bot.sandbox.discord_client import People
from bot.sandbox.messages import Message
from bot.sandbox.world import Channel, User
from tests.e2e.conftest import Stage
from tests.e2e.scenes import attachment, ended, eventually, painted, queued, rows, told

ADMIN_COMMANDS = [
    ("admin limits show", {}),
    ("admin limits set", {"window": "hour", "value": 5}),
    ("admin limits preset", {"plan": "unlimited"}),
    ("admin access list", {}),
    ("admin audit", {}),
    ("admin doctor", {}),
]


async def test_roles_are_granted_listed_revoked_and_audited(stage: Stage) -> None:
    await stage.open()
    admin, role = stage.world.admin, stage.world.operators
    said = await told(stage, admin, "admin access grant", role=role, level="operator")
    assert f"<@&{role.id}>" in said.text
    assert "operator" in said.text
    listed = await told(stage, admin, "admin access list")
    assert f"<@&{role.id}> · operator" in listed.text
    await told(stage, admin, "admin access revoke", role=role)
    listed = await told(stage, admin, "admin access list")
    assert f"<@&{role.id}>" not in listed.text

    trail = await told(stage, admin, "admin audit")
    assert trail.ephemeral
    assert f"<@{admin.id}>" in trail.text
    table = list(csv.DictReader(io.StringIO(attachment(trail, ".csv"))))
    assert [line["action"] for line in table] == ["access revoke", "access grant"]
    assert {line["actor_id"] for line in table} == {str(admin.id)}
    assert "operator" in table[1]["after"]
    only = await told(stage, admin, "admin audit", action="access grant", user=admin, since="1h")
    assert attachment(only, ".csv").count("access grant") == 1


async def test_an_admin_role_that_discord_hides_the_command_from_is_told(stage: Stage) -> None:
    await stage.open()
    world = stage.world
    said = await told(stage, world.admin, "admin access grant", role=world.operators, level="admin")
    assert "Server Settings → Integrations" in said.text
    world.allow_command("admin", world.operators)
    shown = await told(stage, world.operator, "admin limits show")
    assert "Limits of the token" in shown.text


async def test_a_member_is_refused_whatever_discord_let_through(stage: Stage) -> None:
    await stage.open()
    options = {"role": stage.world.operators, "level": "admin"}
    for name, given in [*ADMIN_COMMANDS, ("admin access grant", options)]:
        said = await _forced(stage.discord, stage.world.ana, stage.world.general, name, **given)
        assert said.ephemeral
        assert f"`/{name}` needs the admin role." in said.text
    assert rows(stage, "SELECT COUNT(*) FROM audit") == [(0,)]
    assert rows(stage, "SELECT COUNT(*) FROM access") == [(0,)]


async def test_manage_server_makes_an_admin(stage: Stage) -> None:
    await stage.open()
    for person in (stage.world.admin, stage.world.owner):
        assert "Limits of the token" in (await told(stage, person, "admin limits show")).text


async def test_an_operator_cancels_what_others_asked_for(stage: Stage) -> None:
    await stage.open(HUGOPS_PLAN="free")
    world = stage.world
    stage.upstream.hold()
    await queued(stage, world.bo, "in front")
    key = await queued(stage, world.ana, "a mistake")
    refused = await told(stage, world.operator, "jobs cancel", job=key)
    assert "needs the operator role" in refused.text
    await told(stage, world.admin, "admin access grant", role=world.operators, level="operator")
    await told(stage, world.operator, "jobs cancel", job=key)
    assert "Cancelled" in (await ended(stage, key)).text
    stage.upstream.release()


@pytest.mark.parametrize("named", [True, False])
async def test_where_servers_share_the_token_only_owners_turn_its_knobs(
    stage: Stage, *, named: bool
) -> None:
    world = stage.world
    guilds = f"{world.guild.id},{world.other_guild.id}" if named else ""
    await stage.open(HUGOPS_GUILDS=guilds, HUGOPS_OWNER_IDS=str(world.owner.id))
    setting = {"window": "hour", "value": 5}
    refused = await told(stage, world.admin, "admin limits set", **setting)
    needed = "needs the owner role" if named else "I do not work for this server yet."
    assert needed in refused.text
    changed = await told(stage, world.owner, "admin limits set", **setting)
    assert "0/5" in changed.text


async def test_nobody_named_a_server_and_there_are_two_so_only_owners_may(stage: Stage) -> None:
    await stage.open(HUGOPS_GUILDS="", HUGOPS_OWNER_IDS=str(stage.world.owner.id))
    refused = await told(stage, stage.world.ana, "imagine", prompt="a gate")
    assert refused.ephemeral
    assert "HUGOPS_GUILDS" in refused.text
    await painted(stage, await queued(stage, stage.world.owner, "an open gate"))
    assert len(stage.upstream.calls) == 1
    await eventually(lambda: "HUGOPS_GUILDS names none" in stage.bot.log)


async def test_a_server_that_is_not_served_gets_a_sentence(stage: Stage) -> None:
    await stage.open()
    lobby = stage.world.other_channel
    for name, options in (("imagine", {"prompt": "x"}), ("jobs queue", {}), ("status", {})):
        said = await told(stage, stage.world.bo, name, channel=lobby, **options)
        assert said.ephemeral
        assert "I do not work for this server yet." in said.text
    assert rows(stage, "SELECT COUNT(*) FROM job") == [(0,)]


async def test_two_servers_see_nothing_of_each_other(stage: Stage) -> None:
    world = stage.world
    await stage.open(HUGOPS_GUILDS=f"{world.guild.id},{world.other_guild.id}")
    lobby = world.other_channel
    made = await queued(stage, world.bo, "made next door")
    await painted(stage, made)
    stage.upstream.hold()
    await queued(stage, world.ana, "a secret of ours")
    key = await queued(stage, world.bo, "bo is in both")
    await told(stage, world.admin, "admin access grant", role=world.operators, level="power")

    for person in (world.bo, world.admin):
        line = await told(stage, person, "jobs queue", channel=lobby, scope="everyone")
        _reveals_nothing(stage, line)
        status = await told(stage, person, "status", channel=lobby)
        assert "0 images waiting, 0 working" in status.text
        shown = await told(stage, person, "jobs show", channel=lobby, job=key)
        assert "There is no job" in shown.text
        cancelled = await told(stage, person, "jobs cancel", channel=lobby, job=key)
        assert "There is no job" in cancelled.text
        for name in ("jobs show", "jobs cancel"):
            offered = await stage.discord.autocomplete(person, lobby, name, "job", "")
            assert {choice["value"] for choice in offered} <= {"all"}
    trail = await told(stage, world.admin, "admin audit", channel=lobby)
    assert attachment(trail, ".csv").count("\n") == 1
    stage.upstream.release()


def _reveals_nothing(stage: Stage, line: Message) -> None:
    world = stage.world
    hidden = ["secret of ours", "bo is in both", world.ana.mention, world.bo.mention]
    hidden += [key for (key,) in rows(stage, "SELECT key FROM job")]
    assert [word for word in hidden if word in line.text] == []
    assert "Nobody waits here." in line.text


async def _forced(
    discord: People, person: User, channel: Channel, name: str, **options: object
) -> Message:
    """Run a command that Discord's app does not show to this person."""
    run = await discord.run_command(person, channel, name, raw=True, **options)
    return await run.settled()
