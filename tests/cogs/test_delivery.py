"""Results find their person: which ways are tried, in which order, and what is never repeated."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.core.access import ChannelId, GuildId
from bot.core.errors import Cause, Unavailable
from bot.core.jobs import Job, JobKey, MessageId, Status
from bot.core.outbox import Delivery, Posted
from bot.core.queue import Snapshot
from bot.core.servers import AgeRule, Showing, showing
from bot.core.windows import PRESETS
from cogs import _packing
from cogs._ladder import Ladder, Parcel, tells
from cogs._replies import cancelled_card, failure_card, queue_card, result_card, told_footers
from cogs._wire import Meaning, meaning_of
from cogs.delivery import Teller
from tests.cogs.conftest import fake_app
from tests.cogs.jobs import NOW, job, request, result
from tests.cogs.test_answers import http_error, ticket

TOKEN_GONE, NO_ACCESS, NO_DM = (401, 50027), (403, 50001), (403, 50007)
SNAPSHOT = Snapshot(now_at=NOW, limits=PRESETS["free"], rest=None, slots=(), waiting=())
DONE = job(status=Status.DONE, result=result())


def delivery(made: Job = DONE, **changes: Any) -> Delivery:
    usual = Delivery(
        job=made,
        application_id=1,
        token="secret",  # noqa: S106
        token_ends_at=NOW + timedelta(minutes=15),
        card_id=MessageId(5),
    )
    return replace(usual, **changes)


class ScriptedLadder(Ladder):
    """Every way fails as `errors` says, or leads to a message whose id is the way's place."""

    def __init__(self, age: timedelta, errors: dict[str, tuple[int, int]]) -> None:
        super().__init__(cast("Any", None), lambda: NOW + age)
        self._errors = errors
        self.tried: list[str] = []

    async def _step(self, way: str) -> Posted:
        self.tried.append(way)
        if way in self._errors:
            raise http_error(*self._errors[way])
        return Posted(channel_id=DONE.channel_id, message_id=MessageId(len(self.tried)))

    async def _on_card(self, delivery: Delivery, parcel: Parcel) -> Posted:
        return await self._step("card")

    async def _in_channel(self, delivery: Delivery, parcel: Parcel) -> Posted:
        return await self._step("channel")

    async def _by_dm(self, delivery: Delivery, parcel: Parcel) -> Posted:
        return await self._step("dm")


YOUNG, OLD, EXPIRED = timedelta(seconds=59), timedelta(seconds=61), timedelta(minutes=16)
ALL_CLOSED = {"card": TOKEN_GONE, "channel": NO_ACCESS, "dm": NO_DM}


@pytest.mark.parametrize(
    ("age", "private", "errors", "tried"),
    [
        (YOUNG, False, {}, ["card"]),
        (OLD, False, {}, ["channel"]),
        (EXPIRED, False, {}, ["channel"]),
        (YOUNG, False, {"card": TOKEN_GONE}, ["card", "channel"]),
        (OLD, False, {"channel": NO_ACCESS}, ["channel", "card"]),
        (EXPIRED, False, {"channel": NO_ACCESS}, ["channel", "dm"]),
        (OLD, False, ALL_CLOSED, ["channel", "card", "dm"]),
        (OLD, True, {}, ["card"]),
        (EXPIRED, True, {}, ["dm"]),
        (YOUNG, True, ALL_CLOSED, ["card", "dm"]),
    ],
)
async def test_the_ladder(
    age: timedelta, errors: dict[str, tuple[int, int]], tried: list[str], *, private: bool
) -> None:
    ladder = ScriptedLadder(age, errors)
    made = replace(DONE, request=request(private=private))
    parcel = Parcel(job=made, card=discord.Embed())
    posted = await ladder.tell(delivery(made), parcel)
    assert ladder.tried == tried
    assert (posted is None) == (len(errors) == 3)


async def test_trouble_on_the_line_does_not_climb_down() -> None:
    ladder = ScriptedLadder(YOUNG, {"card": (503, 0)})
    with pytest.raises(discord.HTTPException):
        await ladder.tell(delivery(), Parcel(job=DONE, card=discord.Embed()))
    assert ladder.tried == ["card"]


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (401, 50027, Meaning.NO_WAY),
        (404, 10015, Meaning.NO_WAY),
        (404, 10008, Meaning.NO_WAY),
        (403, 50013, Meaning.NO_WAY),
        (400, 50035, Meaning.NO_WAY),
        (413, 0, Meaning.TOO_LARGE),
        (400, 50045, Meaning.TOO_LARGE),
        (429, 0, Meaning.LATER),
        (401, 0, Meaning.LATER),
        (500, 0, Meaning.LATER),
        (503, 130000, Meaning.LATER),
    ],
)
def test_what_an_error_means(status: int, code: int, meaning: Meaning) -> None:
    assert meaning_of(http_error(status, code)) is meaning


def test_a_broken_line_means_later() -> None:
    assert {meaning_of(error) for error in (OSError(), TimeoutError())} == {Meaning.LATER}


class FakeOutbox:
    def __init__(self) -> None:
        self.log: list[tuple[str, Any]] = []

    async def begin(self, delivery: Delivery) -> None:
        self.log.append(("begin", None))

    async def done(self, delivery: Delivery, posted: Posted | None) -> None:
        self.log.append(("done", posted))

    async def retry(self, delivery: Delivery, wait: timedelta) -> None:
        self.log.append(("retry", wait.total_seconds()))


class FakeGeneration:
    def __init__(self, picture: bytes | Exception | None) -> None:
        self._picture = picture

    async def picture(self, made: Job) -> bytes | None:
        if isinstance(self._picture, Exception):
            raise self._picture
        return self._picture


class FakeLadder:
    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.told: list[Parcel] = []
        self.edited: list[discord.Embed] = []

    async def tell(self, delivery: Delivery, parcel: Parcel) -> Posted | None:
        self.told.append(parcel)
        if self._errors:
            raise self._errors.pop(0)
        return Posted(channel_id=delivery.job.channel_id, message_id=MessageId(8))

    async def edit_card(self, delivery: Delivery, card: discord.Embed, row: Any) -> None:
        self.edited.append(card)

    def forget(self, key: JobKey) -> None:
        pass


class FakeRules:
    """The age rule of the server."""

    def __init__(self, rule: AgeRule) -> None:
        self._rule = rule

    async def showing(self, made: Job, *, here_restricted: bool) -> Showing:
        return showing(
            self._rule, made_restricted=made.age_restricted, here_restricted=here_restricted
        )


class FakeAlerts:
    """Where alerts are due, and what was noted as told."""

    def __init__(self, *channels: int) -> None:
        self.owed = [(GuildId(channel), ChannelId(channel)) for channel in channels]

    async def due(self, cause: Cause) -> list[tuple[GuildId, ChannelId]]:
        return list(self.owed)

    async def told(self, guild_id: GuildId, cause: Cause) -> None:
        self.owed = [due for due in self.owed if due[0] != guild_id]


class Post:
    """A Teller over fakes, asked to tell one delivery."""

    def __init__(
        self,
        picture: bytes | Exception | None = b"png",
        errors: Sequence[Exception] = (),
        rule: AgeRule = AgeRule.ANYWHERE,
        nsfw: bool | None = False,
        ready: bool = True,
    ) -> None:
        self.outbox, self.ladder = FakeOutbox(), FakeLadder(*errors)
        app = fake_app(
            outbox=self.outbox,
            generation=FakeGeneration(picture),
            rules=FakeRules(rule),
            alerts=FakeAlerts(),
            clock=SimpleNamespace(now=lambda: NOW + timedelta(seconds=5)),
        )
        channel = None if nsfw is None else SimpleNamespace(is_nsfw=lambda: nsfw)
        client = SimpleNamespace(
            app=app,
            get_guild=lambda _: None,
            get_channel=lambda _: channel,
            is_ready=lambda: ready,
        )
        self.teller = Teller(cast("Any", client))
        cast("Any", self.teller)._ladder = self.ladder

    async def tell(self, made: Delivery) -> list[str]:
        await cast("Any", self.teller)._tell(made, SNAPSHOT)
        return [step for step, _ in self.outbox.log]


async def test_a_result_is_begun_told_and_done() -> None:
    post = Post()
    assert await post.tell(delivery()) == ["begin", "done"]
    parcel = post.ladder.told[0]
    assert [file.filename for file in parcel.files()] == ["hugops-k3f9abcd.png"]
    assert len(parcel.files()) == 1, "a second way gets the file anew"


async def test_a_result_waits_for_the_first_card_but_not_for_ever() -> None:
    assert await Post().tell(delivery(card_id=None)) == []
    early = replace(DONE, created_at=NOW - timedelta(seconds=10))
    assert await Post().tell(delivery(early, card_id=None)) == ["begin", "done"]


@pytest.mark.parametrize(("tries", "wait"), [(0, 5), (1, 10), (3, 40), (50, 300)])
async def test_trouble_is_tried_again_ever_later(tries: int, wait: float) -> None:
    post = Post(errors=[http_error(500, 0)])
    assert await post.tell(delivery(tries=tries)) == ["begin", "retry"]
    assert post.outbox.log[-1][1] == wait


async def test_a_bug_of_ours_is_tried_again_and_stops_nobody() -> None:
    assert await Post(errors=[KeyError("bug")]).tell(delivery()) == ["begin", "retry"]


async def test_a_picture_that_is_gone_is_said() -> None:
    post = Post(picture=None)
    await post.tell(delivery())
    assert "no longer in my store" in str(post.ladder.told[0].card.description)


async def test_a_store_that_is_away_is_asked_again_a_few_times() -> None:
    away = Unavailable(what="media store", reason="gone")
    assert await Post(picture=away).tell(delivery()) == ["retry"]
    patient = delivery(tries=_packing.STORE_TRIES)
    assert await Post(picture=away).tell(patient) == ["begin", "done"]


async def test_a_cancelled_job_only_changes_its_card() -> None:
    post = Post()
    assert await post.tell(delivery(job(status=Status.CANCELLED))) == ["done"]
    assert post.ladder.told == []
    assert len(post.ladder.edited) == 1


def message(embed: discord.Embed, nonce: str | None = None) -> discord.Message:
    return cast("Any", SimpleNamespace(embeds=[embed], components=[], nonce=nonce))


def test_a_told_job_is_recognised_and_a_waiting_card_is_not() -> None:
    failed = job(status=Status.FAILED, cause=Cause.NO_ANSWER)
    assert tells(message(result_card(DONE, result(), SNAPSHOT)), DONE.key)
    assert tells(message(failure_card(failed, "a/b")), DONE.key)
    assert tells(message(discord.Embed(), nonce=DONE.key), DONE.key)
    assert not tells(message(queue_card(ticket())), DONE.key)
    assert not tells(message(cancelled_card(DONE)), DONE.key)
    assert not tells(message(result_card(DONE, result(), SNAPSHOT)), "another")
    assert len(set(told_footers("k"))) == 2
