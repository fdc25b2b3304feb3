"""Grants with their trail, and everybody's use: no server sees another's rows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.core.access import GuildId, Role, RoleId
from bot.core.errors import Cause
from bot.core.records import AuditEntry
from bot.ledger.people import SqlBooks, SqlGrants
from tests.factories import (
    ANA,
    BO,
    FREE_COST,
    GUILD,
    MODEL,
    OTHER_GUILD,
    START_AT,
    make_draft,
    make_failed,
    make_request,
    seconds,
)
from tests.ledger.office import Office, draft_in

PAINTERS, CHIEFS = RoleId(11), RoleId(12)
LONG_AGO = START_AT - timedelta(days=1)


def entry(action: str, guild_id: GuildId = GUILD) -> AuditEntry:
    """Who did it."""
    return AuditEntry(
        at=START_AT,
        guild_id=guild_id,
        actor_id=ANA,
        action=action,
        before="nothing",
        after="something",
        reason="because",
    )


@pytest.fixture
def grants(office: Office) -> SqlGrants:
    """The roles."""
    return SqlGrants(office.database)


@pytest.fixture
def books(office: Office) -> SqlBooks:
    """The use."""
    return SqlBooks(office.database)


async def test_a_granted_role_holds_until_it_is_revoked(grants: SqlGrants) -> None:
    await grants.grant(GUILD, PAINTERS, Role.OPERATOR, entry("grant"))
    await grants.grant(GUILD, CHIEFS, Role.ADMIN, entry("grant"))
    assert await grants.of(GUILD) == {PAINTERS: Role.OPERATOR, CHIEFS: Role.ADMIN}
    assert await grants.revoke(GUILD, PAINTERS, entry("revoke"))
    assert await grants.of(GUILD) == {CHIEFS: Role.ADMIN}


async def test_roles_are_read_once_until_they_change(
    office: Office, grants: SqlGrants, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[object] = []
    read = office.database.read

    async def counted(step: Callable[[Connection], object]) -> object:
        reads.append(step)
        return await read(step)

    monkeypatch.setattr(office.database, "read", counted)
    for _ in range(3):
        assert await grants.of(GUILD) == {}
    assert len(reads) == 1
    await grants.grant(GUILD, CHIEFS, Role.ADMIN, entry("grant"))
    assert await grants.of(GUILD) == {CHIEFS: Role.ADMIN}
    assert len(reads) == 2


async def test_a_read_that_a_change_overtook_is_not_kept(
    office: Office, grants: SqlGrants, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = office.database.read

    async def overtaken(step: Callable[[Connection], object]) -> object:
        found = await read(step)
        monkeypatch.undo()
        await grants.grant(GUILD, CHIEFS, Role.ADMIN, entry("grant"))
        return found

    monkeypatch.setattr(office.database, "read", overtaken)
    assert await grants.of(GUILD) == {}
    assert await grants.of(GUILD) == {CHIEFS: Role.ADMIN}


async def test_a_second_grant_replaces_the_first(grants: SqlGrants) -> None:
    await grants.grant(GUILD, PAINTERS, Role.OPERATOR, entry("grant"))
    await grants.grant(GUILD, PAINTERS, Role.ADMIN, entry("grant"))
    assert await grants.of(GUILD) == {PAINTERS: Role.ADMIN}
    assert len(await grants.audit(GUILD, 10)) == 2


async def test_revoking_nothing_says_so_and_leaves_no_trail(grants: SqlGrants) -> None:
    assert not await grants.revoke(GUILD, PAINTERS, entry("revoke"))
    assert await grants.audit(GUILD, 10) == []


async def test_grants_of_servers_are_kept_apart(grants: SqlGrants) -> None:
    await grants.grant(GUILD, PAINTERS, Role.OPERATOR, entry("grant"))
    assert await grants.of(OTHER_GUILD) == {}
    assert not await grants.revoke(OTHER_GUILD, PAINTERS, entry("revoke", OTHER_GUILD))
    assert await grants.of(GUILD) == {PAINTERS: Role.OPERATOR}
    assert await grants.audit(OTHER_GUILD, 10) == []


async def test_the_trail_is_whole_and_newest_first(grants: SqlGrants) -> None:
    first, second = entry("first"), entry("second")
    await grants.grant(GUILD, PAINTERS, Role.OPERATOR, first)
    await grants.revoke(GUILD, PAINTERS, second)
    assert await grants.audit(GUILD, 10) == [second, first]
    assert await grants.audit(GUILD, 1) == [second]


async def test_a_persons_use(office: Office, books: SqlBooks) -> None:
    await office.submit(1)
    await office.fail(await office.send(), make_failed())
    office.clock.move(seconds(5))
    await office.succeed(await office.send())
    uses = await books.use(GUILD, ANA, LONG_AGO)
    assert [(use.job_key, use.cause) for use in uses] == [("job1", Cause.NO_ANSWER), ("job1", None)]
    assert (uses[1].model, uses[1].cost, uses[1].at) == (MODEL, FREE_COST, office.clock.now())
    assert [use.cause for use in await books.use(GUILD, ANA, START_AT)] == [None]


async def test_use_is_kept_apart_by_person_and_server(office: Office, books: SqlBooks) -> None:
    drafts = [make_draft(1, ANA), make_draft(2, BO), draft_in(OTHER_GUILD, 3, ANA)]
    for draft in drafts:
        await office.queue.submit(draft)
        await office.succeed(await office.send())
    keys = {
        (guild_id, user_id): [use.job_key for use in await books.use(guild_id, user_id, LONG_AGO)]
        for guild_id in (GUILD, OTHER_GUILD)
        for user_id in (ANA, BO)
    }
    assert keys == {
        (GUILD, ANA): ["job1"],
        (GUILD, BO): ["job2"],
        (OTHER_GUILD, ANA): ["job3"],
        (OTHER_GUILD, BO): [],
    }


async def test_the_models_of_a_server_the_most_used_first(office: Office, books: SqlBooks) -> None:
    models = ["a/once", "b/twice", "b/twice", "c/failed", "d/secret"]
    for number, model in enumerate(models, start=1):
        request = replace(make_request(), model=model, private=model == "d/secret")
        await office.queue.submit(make_draft(number, request=request))
        lease = await office.send()
        failed = make_failed(Cause.REJECTED)
        await (office.fail(lease, failed) if model == "c/failed" else office.succeed(lease))
    assert await books.models(GUILD) == ["b/twice", "a/once"]
    assert await books.models(OTHER_GUILD) == []


async def test_books_that_balance_have_nothing_to_say(office: Office, books: SqlBooks) -> None:
    await office.submit()
    assert await books.verify() == []
