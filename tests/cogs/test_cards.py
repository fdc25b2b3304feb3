"""Cards fit into Discord, say what they mean in words, and name what holds a job back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.access import UserId
from bot.core.errors import Cause
from bot.core.jobs import Job, Size, Status
from bot.core.outcomes import PauseKind
from bot.core.queue import Place, Rest, Snapshot
from bot.core.records import Use
from bot.core.windows import PRESETS, Limit
from bot.services.generation import Dossier, Ticket
from bot.services.usage import Line, OwnUse
from cogs import _read_cards, _replies
from cogs._lane import reason
from tests.cogs.jobs import DEFAULT_MODEL, NOW, job, request, result

SNAPSHOT = Snapshot(now_at=NOW, limits=PRESETS["free"], rest=None, slots=(), waiting=())
HUGE = request(
    prompt="*@everyone* " * 125, negative_prompt="<@1>" * 300, model="o/" + "m" * 90, size=Size.WIDE
)
LATER = NOW + timedelta(minutes=5)
STAMP = int(LATER.timestamp())


def ticket(made: Job | None = None, place: Place | None = None, rest: Rest | None = None) -> Ticket:
    return Ticket(job=made or job(), place=place, snapshot=replace(SNAPSHOT, rest=rest))


def place(held_by: Limit | None, position: int = 3) -> Place:
    return Place(position=position, of=7, starts_at=LATER, held_by=held_by)


def uses(number: int) -> list[Use]:
    return [
        Use(
            at=NOW,
            job_key=job().key,
            user_id=UserId(30),
            model="o/m",
            cause=Cause.NO_ANSWER,
            seconds=1.0,
            cost=result().cost,
        )
        for _ in range(number)
    ]


def every_card_of(made: Job) -> list[_replies.discord.Embed]:
    waiting = ticket(made, place(Limit.HOUR))
    line = Line(jobs=[made] * 30, places={made.id: place(Limit.HOUR)}, snapshot=waiting.snapshot)
    return [
        _replies.queue_card(waiting),
        _replies.working_card(made),
        _replies.result_card(made, result(), SNAPSHOT),
        _replies.pictureless_card(made, "**why**"),
        _replies.failure_card(made, DEFAULT_MODEL),
        _replies.cancelled_card(made),
        _replies.moved_card(made, "https://discord.com/channels/1/2/3"),
        _read_cards.job_card(Dossier(ticket=waiting, attempts=uses(60)), DEFAULT_MODEL),
        _read_cards.line_card(line, UserId(30), everyone=True),
        _read_cards.quota_card(
            OwnUse(hour=uses(3), day=uses(9), waiting=2, snapshot=waiting.snapshot)
        ),
    ]


@pytest.mark.parametrize("status", list(Status), ids=lambda status: status.value)
def test_every_card_fits_whatever_was_typed(status: Status) -> None:
    made = job(request=HUGE, status=status, detail="x" * 500, cause=Cause.REJECTED)
    for card in every_card_of(made):
        assert len(card) <= 6000
        assert len(card.description or "") <= 4096
        assert all(len(field.value or "") <= 1024 for field in card.fields)
        assert "@everyone" not in str(card.to_dict())


def test_the_waiting_card_says_place_and_time() -> None:
    said = str(_replies.queue_card(ticket(place=place(None))).description).splitlines()
    assert said[0] == f"⏳ **Waiting** · 3rd of 7 · about <t:{STAMP}:t> (<t:{STAMP}:R>)"
    assert said[1] == "your turn comes after others who wait"


@pytest.mark.parametrize(
    ("held_by", "words"),
    [
        (Limit.HOUR, f"hourly window 0/30, next slot <t:{STAMP}:t>"),
        (Limit.DAY, f"daily window 0/1000, next slot <t:{STAMP}:t>"),
        (Limit.UNSETTLED, f"unsettled calls 0/9, next slot <t:{STAMP}:t>"),
        (Limit.SPACING, "2 s spacing"),
        (Limit.IN_FLIGHT, "one picture at a time"),
        (Limit.MONEY, f"this month's money is used up, next slot <t:{STAMP}:t>"),
        (Limit.RESERVE, f"kept for light users, next slot <t:{STAMP}:t>"),
        (None, "your turn comes after others who wait"),
    ],
)
def test_the_reason_names_what_holds_the_job(held_by: Limit | None, words: str) -> None:
    assert reason(ticket(place=place(held_by))).splitlines()[0] == words


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        (Rest(kind=PauseKind.ADMIN, until_at=None, reason="move"), 'An admin paused the queue: "'),
        (Rest(kind=PauseKind.CREDIT, until_at=LATER), "that can be temporary"),
        (Rest(kind=PauseKind.SLOW_DOWN, until_at=LATER), "asked us to slow down"),
        (
            Rest(kind=PauseKind.SLOW_DOWN, until_at=NOW + timedelta(seconds=9)),
            "a short break between calls",
        ),
    ],
)
def test_a_resting_lane_says_why(rest: Rest, words: str) -> None:
    assert words in reason(ticket(rest=rest))


def test_another_try_is_said() -> None:
    waking = job(not_before_at=LATER, cause=Cause.LOADING)
    assert "The model is waking up" in reason(ticket(waking))
    silent = job(not_before_at=LATER, cause=Cause.NO_ANSWER)
    assert "trying again" in reason(ticket(silent))


def test_the_result_line_is_as_promised() -> None:
    said = str(_replies.result_card(job(), result(), SNAPSHOT).description)
    expected = (
        "`owner/model` · 768×1024 · seed 7 · 7.2 s · 1 slot, 30 left this hour · est. $0.0012"  # noqa: RUF001
    )
    assert said.splitlines()[-1] == expected


def test_the_alt_text_keeps_the_facts_and_gives_way_in_the_prompt() -> None:
    short = _replies.alt_text(request(), result())
    assert short == 'AI-generated: "a red fox" - owner/model, 768×1024, seed 7'  # noqa: RUF001
    long = _replies.alt_text(HUGE, result())
    assert len(long) <= 1024
    assert long.endswith("seed 7")


def test_a_spoiler_is_hidden_until_clicked() -> None:
    file = _replies.picture_file(job(request=request(spoiler=True)), result(), b"png")
    assert file.filename == "SPOILER_hugops-k3f9abcd.png"


def test_the_card_of_a_shared_picture_shows_the_request_and_no_more() -> None:
    secret = job(request=request(private=True, negative_prompt="my ex", steps=12, guidance=3.5))
    card = _replies.shared_card(secret, result())
    assert card.description == "“a red fox”\n`owner/model` · 768×1024 · seed 7"  # noqa: RUF001
    assert card.footer.text == "AI-generated · job k3f9abcd"
    assert card.fields == []
