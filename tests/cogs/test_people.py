"""Who and where, read out of an interaction: rights and Discord's mark for grown-ups."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.core.access import Actor, GuildId, UserId
from bot.core.errors import NotInServer
from cogs._people import actor_of_person, is_age_restricted, restricted_here

MARKED, OPEN = SimpleNamespace(is_nsfw=lambda: True), SimpleNamespace(is_nsfw=lambda: False)


def interaction(**parts: Any) -> discord.Interaction:
    usual = {"guild_id": 100, "channel_id": 5, "guild": None, "channel": None}
    return cast("discord.Interaction", SimpleNamespace(**usual | parts))


@pytest.mark.parametrize(("channel", "marked"), [(MARKED, True), (OPEN, False), (None, False)])
def test_an_unknown_channel_is_not_age_restricted(channel: object, *, marked: bool) -> None:
    assert is_age_restricted(channel) is marked


@pytest.mark.parametrize("marked", [True, False])
def test_a_thread_counts_as_its_parent(*, marked: bool) -> None:
    parent = SimpleNamespace(is_nsfw=lambda: marked)
    guild = SimpleNamespace(get_channel=lambda _: parent, id=100)
    thread = discord.Thread.__new__(discord.Thread)
    thread.guild, thread.parent_id = cast("Any", guild), 6
    assert is_age_restricted(thread) is marked


@pytest.mark.parametrize(
    ("known", "sent", "marked"), [(MARKED, OPEN, True), (OPEN, MARKED, False), (None, MARKED, True)]
)
def test_what_the_gateway_told_counts_before_what_the_interaction_brought(
    known: object, sent: object, *, marked: bool
) -> None:
    guild = SimpleNamespace(get_channel_or_thread=lambda _: known)
    assert restricted_here(interaction(guild=guild, channel=sent)) is marked


def test_somebody_who_left_has_no_rights_and_a_direct_message_no_server() -> None:
    gone = cast("discord.User", SimpleNamespace(id=7))
    assert actor_of_person(interaction(), gone) == Actor(user_id=UserId(7), guild_id=GuildId(100))
    with pytest.raises(NotInServer):
        actor_of_person(interaction(guild_id=None), gone)
