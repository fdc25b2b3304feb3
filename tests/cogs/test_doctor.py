"""The card of /admin doctor, and the looks that only a connected bot can take."""

from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest

from bot.client import HugOps
from bot.core.access import ChannelId, GuildId, Served
from bot.core.checkup import Check, Verdict, ok, warning, wrong
from bot.core.errors import Unavailable
from cogs._checkup_card import checkup_card
from cogs._discord_looks import alerts_check, discord_looks, permissions_here
from cogs._replies import COLOURS

INVITE = discord.Permissions(274878024704)
WELL = ok("Clock", "agrees with *that* of @everyone")
DOUBTFUL = warning("Room", "0.5 GB", "Make room.")
BAD = wrong("Token", "revoked", "Make a new one.")
HERE = 100


@pytest.mark.parametrize(
    ("checks", "title", "colour"),
    [
        ([WELL], "✅ 1 check, all well.", COLOURS.done),
        ([WELL, DOUBTFUL], "⚠️ 2 checks: 0 wrong, 1 to look at.", COLOURS.waiting),
        ([WELL, BAD, DOUBTFUL], "❌ 3 checks: 1 wrong, 1 to look at.", COLOURS.failed),
    ],
)
def test_the_card_says_the_worst_in_title_and_colour(
    checks: list[Check], title: str, colour: int
) -> None:
    card = checkup_card(checks)
    assert (card.title, card.colour) == (title, discord.Colour(colour))


def test_what_is_wrong_comes_first_with_what_to_do() -> None:
    card = checkup_card([WELL, DOUBTFUL, BAD])
    assert card.description is not None
    assert card.description.splitlines() == [
        "__Wrong__",
        "❌ **Token** · revoked",
        "-# → Make a new one.",
        "",
        "__To look at__",
        "⚠️ **Room** · 0.5 GB",
        "-# → Make room.",
        "",
        "__Well__",
        "✅ **Clock** · agrees with \\*that\\* of \\@\u200beveryone",
    ]


def test_a_card_fits_however_much_is_wrong() -> None:
    card = checkup_card([wrong("Label", "x" * 2000, "y" * 200)] * 30)
    assert len(card.description or "") <= 4096


@pytest.mark.parametrize(
    ("lacks", "thread", "verdict", "said"),
    [
        ([], False, Verdict.OK, "nothing is missing"),
        ([], True, Verdict.OK, "nothing is missing"),
        (["send_messages"], True, Verdict.OK, "nothing is missing"),
        (["send_messages_in_threads"], False, Verdict.OK, "nothing is missing"),
        (["send_messages_in_threads"], True, Verdict.WRONG, "missing: Send Messages in Threads"),
        (
            ["embed_links", "attach_files"],
            False,
            Verdict.WRONG,
            "missing: Embed Links, Attach Files",
        ),
        (["read_message_history"], False, Verdict.WARNING, "missing: Read Message History"),
    ],
)
def test_missing_permissions_are_named(
    lacks: list[str], thread: bool, verdict: Verdict, said: str
) -> None:
    granted = discord.Permissions(INVITE.value)
    granted.update(**dict.fromkeys(lacks, False))
    check = permissions_here(granted, thread=thread)
    assert (check.verdict, check.details) == (verdict, said)


class FakeTree:
    def __init__(self, wanted: list[str], registered: list[str] | Exception) -> None:
        self._wanted = wanted
        self._registered = registered
        self.scopes: list[int | None] = []

    def get_commands(self) -> list[Any]:
        return [SimpleNamespace(name=name) for name in self._wanted]

    async def fetch_commands(self, *, guild: discord.Object | None) -> list[Any]:
        self.scopes.append(guild.id if guild else None)
        if isinstance(self._registered, Exception):
            raise self._registered
        return [SimpleNamespace(name=name) for name in self._registered]


async def _no_channel(guild_id: int) -> ChannelId | None:
    return ChannelId(5) if guild_id != HERE else None


async def looked(tree: FakeTree, latency: float = 0.05, sync: int | None = None) -> list[Check]:
    served = Served(named=frozenset({GuildId(HERE)}), joined=frozenset({GuildId(HERE)}))
    app = SimpleNamespace(
        presence=SimpleNamespace(served=lambda: served),
        sync_guilds=frozenset({sync} if sync else set()),
        alerts=SimpleNamespace(channel_id=_no_channel),
    )
    client = cast("HugOps", SimpleNamespace(app=app, latency=latency, tree=tree))
    here = SimpleNamespace(guild_id=HERE, guild=None, channel=None, app_permissions=INVITE)
    looks = discord_looks(client, cast("discord.Interaction", here))
    return [check for look in looks for check in await look.ask()]


async def test_all_is_well_at_discord() -> None:
    tree = FakeTree(["help", "imagine"], ["imagine", "help", "old"])
    checks = await looked(tree)
    assert [check.verdict for check in checks] == [*[Verdict.OK] * 4, Verdict.WARNING]
    assert checks[-1].details == "no channel is set: failures and reports reach no admin"
    assert [check.details for check in checks][:2] == [
        "connected, 50 ms",
        "all 2 are registered",
    ]
    assert tree.scopes == [None]


async def test_commands_that_discord_does_not_know_are_named() -> None:
    tree = FakeTree(["help", "imagine", "jobs"], ["help"])
    commands = (await looked(tree, sync=HERE))[1]
    assert (commands.verdict, commands.details) == (
        Verdict.WRONG,
        "not registered: /imagine, /jobs",
    )
    assert tree.scopes == [HERE]


async def test_a_discord_that_does_not_say_is_unavailable() -> None:
    with pytest.raises(Unavailable) as caught:
        await looked(FakeTree([], aiohttp.ClientError()))
    assert caught.value.reason == "Discord did not say (ClientError)"


@pytest.mark.parametrize("latency", [float("nan"), float("inf")])
async def test_before_the_first_heartbeat_it_is_just_connected(latency: float) -> None:
    assert (await looked(FakeTree([], []), latency))[0] == ok("Discord", "connected")


async def test_a_slow_line_is_a_warning() -> None:
    slow = (await looked(FakeTree([], []), 1.5))[0]
    assert (slow.verdict, slow.details) == (Verdict.WARNING, "connected, but slow: 1,500 ms")


@pytest.mark.parametrize(
    ("granted", "verdict", "said"),
    [
        (None, Verdict.WRONG, "the channel that was set is gone"),
        (discord.Permissions(view_channel=True), Verdict.WRONG, "Send Messages, Embed Links"),
        (INVITE, Verdict.OK, "they go to #alerts"),
    ],
)
def test_an_alerts_channel_is_looked_at(
    granted: discord.Permissions | None, verdict: Verdict, said: str
) -> None:
    channel = SimpleNamespace(name="alerts", permissions_for=lambda _: granted)
    guild = SimpleNamespace(me=None, get_channel=lambda _: channel if granted else None)
    check = alerts_check(cast("discord.Guild", guild), ChannelId(5))
    assert check.verdict is verdict
    assert said in check.details
    assert (verdict is Verdict.OK) or "/admin alerts" in check.remedy
