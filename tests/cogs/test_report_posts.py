"""Reports: each is posted once, and a channel that refuses is left in peace for a while."""

from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.core.access import ChannelId
from bot.core.reports import Report, ReportId
from cogs._report_cards import report_buttons
from cogs._report_posts import FIRST_REST, LONGEST_REST, ReportVoice
from tests.cogs.conftest import fake_app
from tests.cogs.test_answers import http_error
from tests.factories import BO, make_job
from tests.fakes import FakeClock

HERE, THERE = ChannelId(31), ChannelId(32)
ME = SimpleNamespace(id=7)
REFUSED = http_error(403, 50013)


class FakeReporting:
    """Owes reports until they are told."""

    def __init__(self, *owed: tuple[Report, ChannelId]) -> None:
        self.owed = list(owed)

    async def due(
        self, resting: Collection[ChannelId], limit: int
    ) -> list[tuple[Report, ChannelId]]:
        return [(report, where) for report, where in self.owed if where not in resting][:limit]

    async def told(self, report: Report) -> None:
        self.owed = [(owed, where) for owed, where in self.owed if owed.id != report.id]


class FakeChannel:
    """Keeps what is sent, and shows what stands there."""

    def __init__(self) -> None:
        self.nonces: list[str] = []
        self.refuses: Exception | None = None
        self.hides: Exception | None = None
        self.stands: list[Any] = []

    async def send(self, *, nonce: str, **_: Any) -> None:
        self.nonces.append(nonce)
        if self.refuses:
            raise self.refuses

    async def history(self, *, limit: int) -> AsyncIterator[Any]:
        if self.hides:
            raise self.hides
        for message in self.stands[:limit]:
            yield message


class Street:
    """Two channels, their reports, and the voice."""

    def __init__(self, *reports: tuple[Report, ChannelId]) -> None:
        self.clock = FakeClock()
        self.reporting = FakeReporting(*reports)
        self.channels = {HERE: FakeChannel(), THERE: FakeChannel()}
        started_at = self.clock.now()
        app = fake_app(clock=self.clock, reporting=self.reporting, started_at=started_at)
        client = SimpleNamespace(
            app=app, user=ME, get_partial_messageable=lambda c, guild_id: self.channels[c]
        )
        self.voice = ReportVoice(cast("Any", client))


def report(number: int, age: timedelta = timedelta()) -> Report:
    return Report(
        id=ReportId(number),
        job=make_job(),
        reporter_id=BO,
        at=FakeClock().now() - age,
        reason="",
        posted=None,
    )


async def test_a_channel_that_refuses_rests_longer_each_time() -> None:
    street = Street((report(1), HERE), (report(2), HERE), (report(3), THERE))
    here = street.channels[HERE]
    here.refuses = REFUSED
    await street.voice.tell_due()
    assert (here.nonces, street.channels[THERE].nonces) == (["report-1"], ["report-3"])
    await street.voice.tell_due()
    assert len(here.nonces) == 1, "it rests"
    rest = FIRST_REST
    for tries in range(2, 12):
        street.clock.move(rest - timedelta(seconds=1))
        await street.voice.tell_due()
        assert len(here.nonces) == tries - 1
        street.clock.move(timedelta(seconds=1))
        await street.voice.tell_due()
        assert len(here.nonces) == tries
        rest = min(rest * 2, LONGEST_REST)
    here.refuses = None
    street.clock.move(LONGEST_REST)
    await street.voice.tell_due()
    assert here.nonces[-2:] == ["report-1", "report-2"]
    assert street.reporting.owed == []


@pytest.mark.parametrize(("author", "posts"), [(ME, 0), (SimpleNamespace(id=8), 1)])
async def test_what_an_earlier_process_may_have_posted_is_looked_for(
    author: SimpleNamespace, posts: int
) -> None:
    old = report(1, age=timedelta(minutes=5))
    street = Street((old, HERE))
    street.channels[HERE].stands = [
        message(author, replace(old, id=ReportId(11))),
        message(author, old),
    ]
    await street.voice.tell_due()
    assert len(street.channels[HERE].nonces) == posts
    assert street.reporting.owed == []


@pytest.mark.parametrize(("error", "posts"), [(REFUSED, 1), (http_error(500, 0), 0)])
async def test_where_it_cannot_look_it_posts_and_where_discord_stumbles_it_waits(
    error: Exception, posts: int
) -> None:
    street = Street((report(1, age=timedelta(minutes=5)), HERE))
    street.channels[HERE].hides = error
    await street.voice.tell_due()
    assert len(street.channels[HERE].nonces) == posts
    assert len(street.reporting.owed) == 1 - posts


def message(author: SimpleNamespace, of: Report) -> Any:
    view = report_buttons(of)
    assert view
    row = discord.ActionRow(cast("Any", view.to_components()[0]))
    return SimpleNamespace(author=author, components=[row])
