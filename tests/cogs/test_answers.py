"""The first answer: in time, once, to the right audience, whatever the line does."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.core.errors import NotInServer, Refused, ServerNotServed, Unavailable
from bot.core.jobs import JobKey, MessageId
from bot.core.queue import Snapshot
from bot.core.windows import PRESETS
from bot.services.generation import Ticket
from cogs import _answers
from cogs._answers import answer, answer_page
from cogs.errors import Errors
from tests.cogs.conftest import fake_app
from tests.cogs.jobs import NOW, job, request

SLOW = 0.02


def http_error(status: int, code: int) -> discord.HTTPException:
    response = cast("Any", SimpleNamespace(status=status, reason="for a test"))
    return discord.HTTPException(response, {"code": code, "message": "no"})


@dataclass
class FakeResponse:
    log: list[tuple[str, dict[str, Any]]]
    error: Exception | None = None
    type: discord.InteractionResponseType | None = None

    def is_done(self) -> bool:
        return self.type is not None

    async def defer(self, **how: Any) -> None:
        self.log.append(("defer", how))
        self.type = discord.InteractionResponseType.deferred_channel_message

    async def send_message(self, text: str = "", **how: Any) -> Any:
        self.log.append(("send", how | {"text": text}))
        if self.error:
            raise self.error
        self.type = discord.InteractionResponseType.channel_message
        return SimpleNamespace(message_id=99)


class FakeInteraction:
    """What the answers touch of discord.Interaction, with everything said in `log`."""

    def __init__(self, error: Exception | None = None) -> None:
        self.log: list[tuple[str, dict[str, Any]]] = []
        self.response = FakeResponse(self.log, error)
        self.extras: dict[str, Any] = {}
        self.command = None
        self.data: dict[str, Any] = {}
        self.guild_id = 10
        self.user = SimpleNamespace(id=30)
        self.channel_id = 300
        self.permissions = discord.Permissions.none()
        self.followup = SimpleNamespace(send=self._follow_up)

    async def _follow_up(self, text: str, **how: Any) -> None:
        self.log.append(("follow up", how | {"text": text}))

    async def edit_original_response(self, **how: Any) -> Any:
        self.log.append(("edit", how))
        return SimpleNamespace(id=99)

    async def delete_original_response(self) -> None:
        self.log.append(("delete", {}))

    @property
    def steps(self) -> list[str]:
        return [step for step, _ in self.log]


@dataclass
class FakeOutbox:
    addressed: list[MessageId] = field(default_factory=list[MessageId])
    card_id: int | None = None

    async def address(self, key: JobKey, message_id: MessageId) -> None:
        self.addressed.append(message_id)

    async def card(self, key: JobKey) -> Any:
        return SimpleNamespace(card_id=self.card_id)


class FakeGeneration:
    def __init__(self) -> None:
        self.cancelled: list[str] = []

    async def cancel(self, key: JobKey, actor: Any) -> None:
        self.cancelled.append(key)


def ticket(*, private: bool = False) -> Ticket:
    snapshot = Snapshot(now_at=NOW, limits=PRESETS["free"], rest=None, slots=(), waiting=())
    return Ticket(job=job(request=request(private=private)), place=None, snapshot=snapshot)


async def give(made: Ticket | Exception, after: float = 0) -> Ticket:
    await asyncio.sleep(after)
    if isinstance(made, Exception):
        raise made
    return made


async def ask(
    interaction: FakeInteraction, made: Ticket | Exception, *, after: float = 0, **parts: Any
) -> None:
    app = fake_app(**{"outbox": FakeOutbox(), "generation": FakeGeneration()} | parts)
    private = isinstance(made, Ticket) and made.job.request.private
    await answer(app, cast("Any", interaction), give(made, after), private=private)


async def tell(interaction: FakeInteraction, error: Exception) -> None:
    await Errors(cast("Any", None)).tell(cast("Any", interaction), error)


@pytest.fixture
def slow_books(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(_answers, "BOOKS_MAY_TAKE", SLOW / 4)
    return SLOW


@pytest.mark.parametrize("private", [False, True])
async def test_quick_books_are_answered_once(*, private: bool) -> None:
    interaction, outbox = FakeInteraction(), FakeOutbox()
    await ask(interaction, ticket(private=private), outbox=outbox)
    assert interaction.steps == ["send"]
    assert interaction.log[0][1]["ephemeral"] is private
    assert outbox.addressed == [99]


@pytest.mark.parametrize("private", [False, True])
async def test_slow_books_defer_with_the_right_audience(
    slow_books: float, *, private: bool
) -> None:
    interaction = FakeInteraction()
    await ask(interaction, ticket(private=private), after=slow_books)
    assert interaction.steps == ["defer", "edit"]
    assert interaction.log[0][1]["ephemeral"] is private


async def test_a_quick_refusal_is_private() -> None:
    interaction = FakeInteraction()
    with pytest.raises(Refused) as refused:
        await ask(interaction, ServerNotServed())
    await tell(interaction, refused.value)
    assert interaction.steps == ["send"]
    assert interaction.log[0][1]["ephemeral"] is True


async def test_a_refusal_after_a_public_deferral_takes_it_back(slow_books: float) -> None:
    interaction = FakeInteraction()
    with pytest.raises(Refused) as refused:
        await ask(interaction, ServerNotServed(), after=slow_books)
    await tell(interaction, refused.value)
    assert interaction.steps == ["defer", "delete", "follow up"]
    assert interaction.log[-1][1]["ephemeral"] is True


async def test_a_lost_answer_withdraws_the_job() -> None:
    generation = FakeGeneration()
    await ask(FakeInteraction(http_error(404, 10062)), ticket(), generation=generation)
    assert generation.cancelled == ["k3f9abcd"]


async def test_a_job_that_another_delivery_answered_is_kept() -> None:
    generation, outbox = FakeGeneration(), FakeOutbox(card_id=7)
    interaction = FakeInteraction(http_error(404, 10062))
    await ask(interaction, ticket(), generation=generation, outbox=outbox)
    assert generation.cancelled == []


@pytest.mark.parametrize("error", [http_error(400, 40060), http_error(500, 0), OSError("reset")])
async def test_other_trouble_of_the_line_keeps_the_job(error: Exception) -> None:
    generation, outbox = FakeGeneration(), FakeOutbox()
    await ask(FakeInteraction(error), ticket(), generation=generation, outbox=outbox)
    assert (generation.cancelled, outbox.addressed) == ([], [])


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotInServer(), "works in a server"),
        (Unavailable(what="ledger", reason="disk full at /x"), "the ledger cannot be used"),
        (RuntimeError("hf_secret"), "Something went wrong on my side (ref "),
    ],
)
async def test_an_error_after_a_private_deferral_fills_it(error: Exception, words: str) -> None:
    interaction = FakeInteraction()
    await interaction.response.defer(ephemeral=True)
    await tell(interaction, error)
    assert interaction.steps == ["defer", "edit"]
    said = interaction.log[-1][1]["content"]
    assert words in said
    assert "secret" not in said
    assert "/x" not in said


@pytest.mark.parametrize("gone", [(404, 10062), (400, 40060), (401, 50027), (404, 10015), (429, 0)])
async def test_an_interaction_that_is_gone_is_left_alone(gone: tuple[int, int]) -> None:
    interaction = FakeInteraction()
    await tell(interaction, http_error(*gone))
    assert interaction.steps == []


async def test_a_page_is_the_one_answer_for_the_person_only() -> None:
    interaction = FakeInteraction()
    await answer_page(cast("Any", interaction), page())
    [(step, how)] = interaction.log
    assert (step, how["ephemeral"], how["embed"].title) == ("send", True, "Page")


async def test_a_page_that_takes_long_replaces_the_thinking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_answers, "BOOKS_MAY_TAKE", SLOW)
    interaction = FakeInteraction()
    await answer_page(cast("Any", interaction), page(after=SLOW * 3))
    assert interaction.steps == ["defer", "edit"]


async def page(after: float = 0) -> discord.Embed:
    await asyncio.sleep(after)
    return discord.Embed(title="Page")
