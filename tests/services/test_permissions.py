"""Who may do what here: the check behind every command, and the grants with their trail."""

import pytest

from bot.core.access import Actor, Role, RoleId
from bot.core.errors import BadValue, NotAllowed, ServerNotServed
from bot.core.records import AuditEntry
from tests.factories import ANA, BO, GUILD, OTHER_GUILD, START_AT, make_actor
from tests.services.conftest import BOSS, House

CREW = RoleId(7)
MEMBER = make_actor(BO)
ADMIN = make_actor(ANA, manages_server=True)
OWNER = make_actor(BOSS)


def in_crew(actor: Actor = MEMBER) -> Actor:
    return make_actor(actor.user_id, role_ids=frozenset({CREW}))


async def test_a_granted_role_counts_at_once(house: House) -> None:
    assert await house.permissions.role(in_crew()) is Role.MEMBER
    await house.permissions.grant(ADMIN, CREW, Role.OPERATOR)
    assert await house.permissions.role(in_crew()) is Role.OPERATOR
    assert await house.permissions.granted(GUILD) == {CREW: Role.OPERATOR}


async def test_a_role_of_another_server_counts_nothing_here(house: House) -> None:
    await house.permissions.grant(ADMIN, CREW, Role.OPERATOR)
    elsewhere = make_actor(BO, OTHER_GUILD, role_ids=frozenset({CREW}))
    assert await house.permissions.role(elsewhere) is Role.MEMBER


async def test_a_server_that_is_not_served_is_refused(house: House) -> None:
    house.presence.joined(frozenset({GUILD, OTHER_GUILD}))
    with pytest.raises(ServerNotServed):
        await house.permissions.admit(ADMIN)


async def test_an_owner_is_admitted_everywhere(house: House) -> None:
    house.presence.joined(frozenset({GUILD, OTHER_GUILD}))
    assert await house.permissions.admit(OWNER) is Role.OWNER


async def test_whoever_discord_names_as_owner_is_one(house: House) -> None:
    house.presence.owned_by(frozenset({BO}))
    assert house.presence.owners() == {BO, BOSS}
    assert await house.permissions.admit(MEMBER) is Role.OWNER


async def test_a_higher_role_than_needed_is_enough(house: House) -> None:
    assert await house.permissions.require(ADMIN, Role.OPERATOR, "/x") is Role.ADMIN


async def test_a_lower_role_than_needed_is_told_which_one(house: House) -> None:
    with pytest.raises(NotAllowed) as refused:
        await house.permissions.require(MEMBER, Role.OPERATOR, "/x")
    assert (refused.value.action, refused.value.needs) == ("/x", Role.OPERATOR)


async def test_the_token_of_one_server_is_its_admins(house: House) -> None:
    house.presence.joined(frozenset({GUILD}))
    assert await house.permissions.require_for_token(ADMIN, "/x") is Role.ADMIN


async def test_a_token_that_servers_share_is_the_owners(house: House) -> None:
    house.presence.joined(frozenset({GUILD, OTHER_GUILD}))
    with pytest.raises(ServerNotServed):
        await house.permissions.require_for_token(ADMIN, "/x")
    assert await house.permissions.require_for_token(OWNER, "/x") is Role.OWNER


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OWNER])
async def test_only_the_roles_in_between_can_be_granted(house: House, role: Role) -> None:
    with pytest.raises(BadValue) as refused:
        await house.permissions.grant(ADMIN, CREW, role)
    said = (refused.value.option, refused.value.given, refused.value.allowed)
    assert said == ("level", role.word, "power, operator, admin")
    assert await house.permissions.granted(GUILD) == {}


async def test_a_member_can_grant_nothing(house: House) -> None:
    with pytest.raises(NotAllowed):
        await house.permissions.grant(MEMBER, CREW, Role.ADMIN)
    assert await house.permissions.granted(GUILD) == {}


async def test_a_member_can_revoke_nothing(house: House) -> None:
    await house.permissions.grant(ADMIN, CREW, Role.POWER)
    with pytest.raises(NotAllowed):
        await house.permissions.revoke(MEMBER, CREW)
    assert await house.permissions.granted(GUILD) == {CREW: Role.POWER}


async def test_a_revoked_role_is_gone_and_said(house: House) -> None:
    await house.permissions.grant(ADMIN, CREW, Role.POWER)
    assert await house.permissions.revoke(ADMIN, CREW) is Role.POWER
    assert await house.permissions.granted(GUILD) == {}


async def test_revoking_what_was_never_granted_changes_nothing(house: House) -> None:
    assert await house.permissions.revoke(ADMIN, CREW) is None
    assert list(await house.permissions.audit(ADMIN, 9)) == []


async def test_every_change_leaves_a_line_newest_first(house: House) -> None:
    await house.permissions.grant(ADMIN, CREW, Role.POWER)
    await house.permissions.grant(ADMIN, CREW, Role.ADMIN)
    await house.permissions.revoke(ADMIN, CREW)

    def line(action: str, before: str, after: str) -> AuditEntry:
        return AuditEntry(
            at=START_AT, guild_id=GUILD, actor_id=ANA, action=action, before=before, after=after
        )

    assert list(await house.permissions.audit(ADMIN, 9)) == [
        line("access revoke", "<@&7> admin", "<@&7> nothing"),
        line("access grant", "<@&7> power", "<@&7> admin"),
        line("access grant", "<@&7> nothing", "<@&7> power"),
    ]


async def test_the_trail_is_for_admins(house: House) -> None:
    with pytest.raises(NotAllowed):
        await house.permissions.audit(MEMBER, 9)
