"""Roles: who counts as what, and which servers the bot works for."""

import pytest

from bot.core.access import GuildId, Role, RoleId, Served, UserId, role_of
from tests.factories import ANA, GUILD, OTHER_GUILD, make_actor

ARTISTS, CREW = RoleId(1), RoleId(2)
NOBODY: frozenset[UserId] = frozenset()


def test_somebody_without_a_granted_role_is_a_member() -> None:
    actor = make_actor(role_ids=frozenset({ARTISTS}))
    assert role_of(actor, {CREW: Role.POWER}, NOBODY) is Role.MEMBER


def test_the_highest_granted_role_counts() -> None:
    actor = make_actor(role_ids=frozenset({ARTISTS, CREW}))
    assert role_of(actor, {ARTISTS: Role.POWER, CREW: Role.OPERATOR}, NOBODY) is Role.OPERATOR


def test_whoever_manages_the_server_is_an_admin() -> None:
    actor = make_actor(manages_server=True, role_ids=frozenset({CREW}))
    assert role_of(actor, {CREW: Role.POWER}, NOBODY) is Role.ADMIN


def test_an_owner_is_an_owner_everywhere() -> None:
    assert role_of(make_actor(ANA), {}, frozenset({ANA})) is Role.OWNER


def test_managing_messages_gives_no_role() -> None:
    assert role_of(make_actor(manages_messages=True), {}, NOBODY) is Role.MEMBER


@pytest.mark.parametrize(
    ("role", "word"),
    [
        (Role.MEMBER, "member"),
        (Role.POWER, "power"),
        (Role.OPERATOR, "operator"),
        (Role.ADMIN, "admin"),
        (Role.OWNER, "owner"),
    ],
)
def test_a_role_is_written_as_people_type_it(role: Role, word: str) -> None:
    assert role.word == word


def served(named: set[GuildId], joined: set[GuildId]) -> Served:
    return Served(named=frozenset(named), joined=frozenset(joined))


def test_servers_have_to_be_named_only_when_there_are_several_and_none_is() -> None:
    one, two = GuildId(1), GuildId(2)
    assert served(set(), {one, two}).undecided
    assert not served(set(), {one}).undecided
    assert not served({one}, {one, two}).undecided


@pytest.mark.parametrize(
    ("named", "joined", "works"),
    [
        ({GUILD}, {GUILD, OTHER_GUILD}, True),
        ({OTHER_GUILD}, {GUILD, OTHER_GUILD}, False),
        (set[GuildId](), {GUILD}, True),
        (set[GuildId](), {GUILD, OTHER_GUILD}, False),
    ],
    ids=["named", "others are named", "the only one", "several and nobody said which"],
)
def test_a_server_is_served(named: set[GuildId], joined: set[GuildId], works: bool) -> None:
    assert (GUILD in served(named, joined)) is works


@pytest.mark.parametrize(
    ("named", "joined", "several"),
    [
        ({GUILD}, {GUILD, OTHER_GUILD}, False),
        ({GUILD, OTHER_GUILD}, {GUILD}, True),
        (set[GuildId](), {GUILD, OTHER_GUILD}, True),
        (set[GuildId](), set[GuildId](), False),
    ],
)
def test_several_servers_share_the_token(
    named: set[GuildId], joined: set[GuildId], several: bool
) -> None:
    assert served(named, joined).several is several
