"""Every refusal and every failure has the sentence that the product promises."""

from datetime import UTC, datetime

import pytest

from bot.core.access import Role
from bot.core.checks import Lowered
from bot.core.errors import (
    AlreadyReported,
    BadValue,
    BannedWord,
    Blocked,
    CannotBlock,
    Cause,
    NotAllowed,
    NothingToReport,
    NotInServer,
    NotShownHere,
    QueueDraining,
    Refused,
    RestrictedOnly,
    ServerNotServed,
    SharedOnly,
    TooLate,
    TooManyWaiting,
    Unavailable,
    Unconfirmed,
    UnknownJob,
    UnknownReport,
)
from bot.core.jobs import Status
from cogs import _rule_words, _words
from tests.cogs.jobs import DEFAULT_MODEL, MODEL, NOW, job

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
STAMP = int(AT.timestamp())
RETURNED = "Your slot was returned."

FAILURES = {
    Cause.TOKEN_INVALID: (
        "**The bot's Hugging Face token is invalid or revoked.** Admins: `/admin doctor`."
    ),
    Cause.TOKEN_REFUSED: (
        "**The bot's Hugging Face token was refused.** Admins: it lacks "
        "*Make calls to Inference Providers*, see `/admin doctor`."
    ),
    Cause.CREDIT_SPENT: (
        "**Hugging Face says this account's included credit is spent for November 2026.** "
        "Admins: `/account billing`."
    ),
    Cause.REJECTED: "**Hugging Face did not accept this request: seed is too big.**",
    Cause.MODEL_MISSING: "**`owner/model` does not exist.** Look with `/hf search`.",
    Cause.NOT_SERVED: "**No provider serves `owner/model` right now.** Try `stabilityai/stable`.",
    Cause.GATED: "**`owner/model` needs its licence accepted on Hugging Face first.**",
    Cause.MODEL_RETIRED: (
        "**Hugging Face no longer serves `owner/model`.** It was taken off the menu. "
        "Try `stabilityai/stable`."
    ),
    Cause.NO_ANSWER: "**Hugging Face did not answer after 3 tries.**",
    Cause.NOT_A_PICTURE: "**Hugging Face sent something that is not a picture.**",
    Cause.BROKEN_LINE: (
        "**The connection broke while it was working.** I cannot tell if it was made."
    ),
    Cause.RESTARTED: (
        "**I restarted while Hugging Face was working on this.** I cannot tell if it was made."
    ),
    Cause.EXPIRED: "**This waited for more than 24 hours, so I gave it up.**",
    Cause.CLEARED: '**Cancelled: an admin cleared the queue: "seed is too big"**',
    Cause.BLOCKED: "**Cancelled by an admin.**",
}


@pytest.mark.parametrize(("cause", "sentence"), FAILURES.items(), ids=lambda c: str(c)[:20])
def test_a_failure_is_said_as_promised(cause: Cause, sentence: str) -> None:
    failed = job(status=Status.FAILED, cause=cause, detail="seed is too big", done_at=AT, tries=3)
    assert _words.failure(failed, DEFAULT_MODEL) == f"{sentence} {RETURNED}"


@pytest.mark.parametrize("cause", list(Cause), ids=lambda cause: cause.value)
def test_every_cause_has_words_and_returns_the_slot(cause: Cause) -> None:
    said = _words.failure(job(status=Status.FAILED, cause=cause), DEFAULT_MODEL)
    assert said.startswith("**")
    assert said.endswith(RETURNED)


def test_no_other_model_is_advised_when_it_is_the_usual_one() -> None:
    said = _words.failure(job(status=Status.FAILED, cause=Cause.NOT_SERVED), MODEL)
    assert said == f"**No provider serves `owner/model` right now.** {RETURNED}"


def test_our_fault_names_the_reference_under_which_it_is_logged() -> None:
    failed = job(status=Status.FAILED, cause=Cause.OUR_FAULT)
    ref = _words.ref_of(failed.key)
    assert len(ref) == 4
    expected = f"**Something went wrong on my side (ref {ref}).** It was logged. {RETURNED}"
    assert _words.failure(failed, DEFAULT_MODEL) == expected


def test_the_reason_of_a_rejection_cannot_carry_markup() -> None:
    failed = job(status=Status.FAILED, cause=Cause.REJECTED, detail="<b>**@everyone**</b>")
    assert "@everyone" not in _words.failure(failed, DEFAULT_MODEL)


REFUSALS: list[tuple[Refused, str]] = [
    (
        BadValue(option="steps", given="0", allowed="1-50"),
        "**`steps` must be 1-50 here; you gave 0.**",
    ),
    (
        NotAllowed(action="/endpoint resume", needs=Role.OPERATOR),
        "**`/endpoint resume` needs the operator role.** Ask an admin.",
    ),
    (
        NotAllowed(action="Cancel", needs=Role.OPERATOR),
        "**Cancel needs the operator role.** Ask an admin.",
    ),
    (
        NotInServer(),
        "**This works in a server, not in a direct message.** Use it in a channel of your server.",
    ),
    (
        ServerNotServed(),
        "**I do not work for this server yet.** My owner can add it to `HUGOPS_GUILDS`.",
    ),
    (
        TooManyWaiting(waiting=3, frees_at=AT),
        "**You already have 3 images waiting.** "
        f"Cancel one with `/jobs cancel` or wait for <t:{STAMP}:R>.",
    ),
    (
        TooManyWaiting(waiting=1, frees_at=None),
        "**You already have 1 image waiting.** "
        "Cancel one with `/jobs cancel` or wait for one of them to start.",
    ),
    (
        UnknownJob(key="zz`z"),
        "**There is no job `zz'z` here for you.** "
        "`/jobs list` has what was made, `/jobs queue` what waits.",
    ),
    (
        TooLate(key="k", state="sent"),
        "**Too late: this image is already being made.** See it with `/jobs show job:k`.",
    ),
    (
        Blocked(until_at=AT),
        f"**You are blocked from using me in this server until <t:{STAMP}:f>.** "
        "Ask an admin of the server.",
    ),
    (
        Blocked(until_at=None),
        "**You are blocked from using me in this server.** Ask an admin of the server.",
    ),
    (
        QueueDraining(reason="the *bill*"),
        '**No new images for now: an admin lets the queue run empty: "the \\*bill\\*"** '
        "What waits is still made. Try again later.",
    ),
    (BannedWord(), "**I cannot make that here** (rule: banned word list). Not counted."),
    (
        RestrictedOnly(),
        "**Pictures are made in age-restricted channels only here.** "
        "Use `/imagine` in one of them.",
    ),
    (
        NotShownHere(),
        "**This picture belongs in age-restricted channels, so I do not show it here.** "
        "Use `/jobs show` in one of them.",
    ),
    (
        SharedOnly(),
        "**Only the person who shared this picture sees more than its card shows.** "
        "Make your own from it with **Reroll** or **Edit**.",
    ),
    (CannotBlock(), "**Admins and owners cannot be blocked.** Take their role away first."),
    (
        NothingToReport(),
        "**There is no picture here to report.** Tell an admin of this server what is wrong.",
    ),
    (
        AlreadyReported(at=AT),
        f"**You reported this image already, <t:{STAMP}:f>.** Nothing to do.",
    ),
    (UnknownReport(), "**There is no such report in this server.** See `/admin audit`."),
    (Unconfirmed(), "**There is nothing to confirm any more.** Run the command again."),
]


@pytest.mark.parametrize(("error", "sentence"), REFUSALS, ids=lambda e: type(e).__name__)
def test_a_refusal_is_said_as_promised(error: Refused, sentence: str) -> None:
    assert _words.refusal(error) == sentence


def test_no_refusal_is_without_words() -> None:
    assert {type(error) for error, _ in REFUSALS} == set(Refused.__subclasses__())


def test_a_lowered_cap_is_said() -> None:
    cap = Lowered(option="steps", given="200", allowed="1-50", used="50")
    assert _words.lowered(cap) == "**`steps` must be 1-50 here; you gave 200.** I used 50."


def test_what_only_waits_is_said_with_the_time() -> None:
    assert _words.credit_checked(AT) == (
        "**Hugging Face says the included credit is used; that can be temporary.** "
        f"Checking again <t:{STAMP}:R>; your image keeps its place."
    )
    assert _words.slowed_down(AT) == (
        f"**Hugging Face asked us to slow down; trying again <t:{STAMP}:R>.**"
    )
    assert _words.waking_up() == (
        "**The model is waking up (about 20 s).** It will continue by itself."
    )
    assert _rule_words.paused("too hot") == (
        '**An admin paused the queue: "too hot"** Your job keeps its place.'
    )
    assert _words.window_full("30/30", AT) == (
        "**The shared free-tier window is full (30/30 this hour).** "
        f"Your image is queued, about <t:{STAMP}:t>. Nothing to do."
    )


def test_a_store_that_fails_keeps_its_reason_to_the_log() -> None:
    said = _words.unavailable(Unavailable(what="ledger", reason="/secret/path is full"), "7f3a")
    assert "secret" not in said
    assert "ref 7f3a" in said


def test_a_file_above_the_limit_is_said_in_numbers() -> None:
    sizes = (14 * 1024 * 1024, 10 * 1024 * 1024)
    assert _words.smaller(*sizes, NOW) == (
        "**The file is 14 MB and this server allows 10 MB.** Here is a smaller one; "
        f"the original stays until <t:{int(NOW.timestamp())}:D>, `/jobs show`."
    )
    said = _words.original_too_large(*sizes, "k3f9abcd.1", NOW)
    assert said.startswith("**The file is 14 MB and this server allows 10 MB.**")
    assert "`k3f9abcd.1`" in said
