"""What servers decide: kept as it was given, read once, with its trail, and each on its own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.core.access import ChannelId
from bot.core.jobs import Size
from bot.core.records import AuditEntry
from bot.core.servers import AgeRule, Block, QueueHold, QueueState, ServerRules
from bot.ledger.people import SqlGrants
from bot.ledger.servers import SqlServers
from tests.factories import ANA, BO, GUILD, OTHER_GUILD, START_AT
from tests.ledger.office import Office

RULES = ServerRules(
    queue=QueueHold(state=QueueState.PAUSED, reason="the bill", by=BO),
    alerts_channel_id=ChannelId(77),
    models=("a/one", "b/two"),
    banned_words=("rude word", "worse"),
    most_steps=20,
    largest=Size.SQUARE_512,
    private_by_default=True,
    age_rule=AgeRule.RESTRICTED_ONLY,
)
BLOCK = Block(
    user_id=ANA, by=BO, at=START_AT, until_at=START_AT + timedelta(hours=1), reason="spam"
)
ENTRY = AuditEntry(at=START_AT, guild_id=GUILD, actor_id=BO, action="config", before="a", after="b")


@pytest.fixture
def servers(office: Office) -> SqlServers:
    """The store."""
    return SqlServers(office.database)


async def test_a_server_that_decided_nothing_has_the_defaults(servers: SqlServers) -> None:
    assert await servers.rules(GUILD) == ServerRules()
    assert await servers.blocks(GUILD) == {}


async def test_rules_come_back_as_they_were_given(office: Office, servers: SqlServers) -> None:
    await servers.change(GUILD, lambda _: (replace(RULES, models=()), ENTRY))
    assert await servers.change(GUILD, lambda _: (RULES, ENTRY)) == RULES
    assert await servers.rules(GUILD) == RULES
    assert await SqlServers(office.database).rules(GUILD) == RULES
    assert await servers.rules(OTHER_GUILD) == ServerRules()
    assert await SqlGrants(office.database).audit(GUILD, 10) == [ENTRY, ENTRY]


async def test_a_block_holds_until_it_is_lifted(office: Office, servers: SqlServers) -> None:
    await servers.block(GUILD, BLOCK, ENTRY)
    assert await servers.blocks(GUILD) == {ANA: BLOCK}
    assert await servers.blocks(OTHER_GUILD) == {}
    for_good = replace(BLOCK, until_at=None)
    await servers.block(GUILD, for_good, ENTRY)
    assert await SqlServers(office.database).blocks(GUILD) == {ANA: for_good}
    assert await servers.unblock(GUILD, ANA, ENTRY)
    assert await servers.blocks(GUILD) == {}
    assert not await servers.unblock(GUILD, ANA, ENTRY)
    assert len(await SqlGrants(office.database).audit(GUILD, 10)) == 3


async def test_rules_are_read_once_until_they_change(
    office: Office, servers: SqlServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[object] = []
    read = office.database.read

    async def counted(step: Callable[[Connection], object]) -> object:
        reads.append(step)
        return await read(step)

    monkeypatch.setattr(office.database, "read", counted)
    for _ in range(3):
        await servers.rules(GUILD)
        await servers.blocks(GUILD)
    assert len(reads) == 1
    await servers.change(GUILD, lambda _: (RULES, ENTRY))
    assert await servers.rules(GUILD) == RULES
    assert len(reads) == 2


async def test_a_change_starts_from_what_stands_and_none_leaves_no_trail(
    office: Office, servers: SqlServers
) -> None:
    await servers.rules(GUILD)
    await SqlServers(office.database).change(GUILD, lambda _: (RULES, ENTRY))
    calmer = await servers.change(GUILD, lambda rules: (replace(rules, models=()), ENTRY))
    assert calmer == replace(RULES, models=())
    await servers.change(GUILD, lambda rules: (rules, ENTRY))
    assert await SqlGrants(office.database).audit(GUILD, 10) == [ENTRY, ENTRY]
