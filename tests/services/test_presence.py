"""Where the bot is and who owns it."""

from bot.core.access import Served
from bot.services.presence import Presence
from tests.factories import ANA, BO, GUILD, OTHER_GUILD


def test_named_servers_stay_whatever_the_bot_joins() -> None:
    presence = Presence(named=frozenset({GUILD}), owner_ids=frozenset())
    presence.joined(frozenset({GUILD, OTHER_GUILD}))
    expected = Served(named=frozenset({GUILD}), joined=frozenset({GUILD, OTHER_GUILD}))
    assert presence.served() == expected


def test_the_newest_word_on_joined_servers_counts() -> None:
    presence = Presence(named=frozenset(), owner_ids=frozenset())
    presence.joined(frozenset({GUILD, OTHER_GUILD}))
    presence.joined(frozenset({OTHER_GUILD}))
    assert presence.served() == Served(named=frozenset(), joined=frozenset({OTHER_GUILD}))


def test_owners_of_the_settings_stay_owners() -> None:
    presence = Presence(named=frozenset(), owner_ids=frozenset({ANA}))
    presence.owned_by(frozenset({BO}))
    assert presence.owners() == {ANA, BO}
