"""What a look at one part means: ok, a warning or wrong, and what to do about it.

The words are plain text, read in a terminal and on a card. Called by services/doctor.py, and by
cogs/_discord_looks.py for what only Discord knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from bot.core.access import Served
from bot.core.accounts import Account
from bot.core.errors import Cause, Failed
from bot.core.jobs import Job, Status
from bot.core.queue import Rest

SLOW_SECONDS = 2.0
SKEW_WARNING = timedelta(seconds=30)  # the header counts whole seconds, and answers take a while
SKEW_WRONG = timedelta(minutes=5)
SPACE_WARNING = 10**9
SPACE_WRONG = 10**8
TRIAL = "A real picture"
PROVIDER = "hf-inference"  # whom the router asks for pictures
NEW_TOKEN = (
    "Make a token that may make calls to Inference Providers at "  # noqa: S105 - a sentence
    "https://huggingface.co/settings/tokens and start me with it as HF_TOKEN."
)

_LATER = "Try again in a minute; https://status.huggingface.co tells of known trouble."
_MENU = "https://huggingface.co/models?inference_provider=hf-inference&pipeline_tag=text-to-image"
_SERVING = {"live", "warm"}
_NOT_FOUND, _GOOD, _TROUBLE = 404, 200, 500


class Verdict(Enum):
    """How a part is."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One part: how it is, what was found, and what to do when it is not ok."""

    label: str
    verdict: Verdict
    details: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One answer of the Hub about a model. `providers` None: it did not say who serves it."""

    seconds: float
    status: int
    said_at: datetime | None
    providers: Mapping[str, str] | None = None  # name and state


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """The pause of the token's lane, and how often it was refused in the last hour, by cause."""

    rest: Rest | None = None
    refused: Mapping[Cause, int] = field(default_factory=dict[Cause, int])


@dataclass(frozen=True, kw_only=True)
class Login:
    """What Discord says to the bot's token. `name` None: it does not know the token."""

    name: str | None
    starts_left: int | None = None  # how often the bot may connect until tomorrow


def ok(label: str, details: str) -> Check:
    """A part that needs nothing."""
    return Check(label=label, verdict=Verdict.OK, details=details)


def warning(label: str, details: str, remedy: str) -> Check:
    """A part that works, though not for long or not for everybody."""
    return Check(label=label, verdict=Verdict.WARNING, details=details, remedy=remedy)


def wrong(label: str, details: str, remedy: str) -> Check:
    """A part that does not work."""
    return Check(label=label, verdict=Verdict.WRONG, details=details, remedy=remedy)


def worst(checks: Sequence[Check]) -> Verdict:
    """The verdict on all of them together."""
    found = {check.verdict for check in checks}
    return next((v for v in (Verdict.WRONG, Verdict.WARNING) if v in found), Verdict.OK)


def summary(checks: Sequence[Check]) -> str:
    """How many checks there were, and how many of them want a hand."""
    total = "1 check" if len(checks) == 1 else f"{len(checks)} checks"
    bad = sum(check.verdict is Verdict.WRONG for check in checks)
    doubtful = sum(check.verdict is Verdict.WARNING for check in checks)
    if not bad and not doubtful:
        return f"{total}, all well."
    return f"{total}: {bad} wrong, {doubtful} to look at."


def of_account(account: Account) -> list[Check]:
    """A token that Hugging Face knows, and whether it may do what it is for."""
    known = ok("Hugging Face token", f"valid, of {account.name} ({account.plan} plan)")
    label = "Inference permission"
    if account.may_infer:
        return [known, ok(label, "the token may make calls to Inference Providers")]
    lacking = "the token lacks Make calls to Inference Providers: every picture will be refused"
    return [known, wrong(label, lacking, NEW_TOKEN)]


def of_unknown_token(failed: Failed) -> Check:
    """Hugging Face did not say whose token it is."""
    label = "Hugging Face token"
    if failed.cause is Cause.TOKEN_INVALID:
        return wrong(label, "invalid or revoked", NEW_TOKEN)
    return wrong(label, f"Hugging Face did not say whose it is ({in_words(failed.cause)})", _LATER)


def of_sighting(sighting: Sighting, now_at: datetime) -> list[Check]:
    """Whether the Hub is there, how quick it is, and what its clock says of ours."""
    label, took = "Hugging Face", f"{sighting.seconds * 1000:,.0f} ms"
    if sighting.status >= _TROUBLE:
        hub = wrong(label, f"answers with error {sighting.status}", _LATER)
    elif sighting.seconds > SLOW_SECONDS:
        hub = warning(label, f"reachable, but slow: {took}", _LATER)
    else:
        hub = ok(label, f"reachable in {took}")
    return [hub, *_clock(sighting.said_at, now_at)]


def _clock(said_at: datetime | None, now_at: datetime) -> list[Check]:
    if said_at is None:
        return []
    skew = abs(now_at - said_at)
    if skew <= SKEW_WARNING:
        return [ok("Clock", "agrees with that of Hugging Face")]
    way = "behind" if now_at < said_at else "ahead"
    found = f"{skew.total_seconds():,.0f} s {way} of that of Hugging Face"
    judge = wrong if skew > SKEW_WRONG else warning
    return [judge("Clock", found, "Switch on time synchronisation (NTP) on the bot's machine.")]


def of_model(model: str, sighting: Sighting) -> Check:
    """Whether the default model is served to us. What the Hub does not say is no fault of ours."""
    label, another = "Default model", f"Set HUGOPS_IMAGE_MODEL to one of {_MENU}"
    if sighting.status == _NOT_FOUND:
        return wrong(label, f"{model} does not exist, or the token may not see it", another)
    if sighting.status != _GOOD or sighting.providers is None:
        return warning(label, f"the Hub does not say who serves {model}", _LATER)
    if sighting.providers.get(PROVIDER) in _SERVING:
        return ok(label, f"{model} is served by {PROVIDER}")
    others = ", ".join(sorted(sighting.providers)) or "nobody"
    return wrong(label, f"{model} is not served by {PROVIDER}, but by {others}", another)


def of_books(broken: int) -> Check:
    """Whether the books balance. Which rows break them is not for every server to read."""
    if not broken:
        return ok("Books", "balance")
    rows = "1 row breaks them" if broken == 1 else f"{broken:,} rows break them"
    return wrong("Books", rows, "Run `hugops ledger verify`, which names them.")


def of_space(free: Mapping[str, int]) -> list[Check]:
    """The room on each disk, in bytes, by what lies there."""
    return [_space(f"Free space for the {what}", left) for what, left in free.items()]


def _space(label: str, left: int) -> Check:
    found = f"{left / 10**9:,.1f} GB"
    if left >= SPACE_WARNING:
        return ok(label, found)
    judge = wrong if left < SPACE_WRONG else warning
    return judge(label, found, "Make room on that disk, or move ledger and media to a larger one.")


def of_trouble(trouble: Trouble) -> Check:
    """Whether calls rest, or were refused lately."""
    label = "Calls to Hugging Face"
    if trouble.rest:
        until_at = trouble.rest.until_at
        until = f" until {until_at:%H:%M} UTC" if until_at else ""
        why = trouble.rest.kind.value.replace("_", " ")
        again = "They go on by themselves." if until_at else "An admin has to let them go on."
        return warning(label, f"rest{until} ({why})", again)
    if trouble.refused:
        counts = (f"{in_words(cause)} × {n}" for cause, n in trouble.refused.items())  # noqa: RUF001
        refused = f"refused in the last hour: {', '.join(counts)}"
        return warning(
            label, refused, "Look at token and permission here, and at `/admin limits show`."
        )
    return ok(label, "none was refused in the last hour")


def of_trial(job: Job) -> Check:
    """How the one real picture ended."""
    if job.result is not None:
        took = f"made in {job.result.seconds:,.1f} s by {job.result.provider}"
        return ok(TRIAL, f"{took}; it used one slot and is in the books")
    if job.status is Status.CANCELLED:
        return warning(TRIAL, "you cancelled it", "Run this again when you want to know.")
    reason = in_words(job.cause or Cause.OUR_FAULT)
    return wrong(TRIAL, f"none was made ({reason})", "The card above says what to do.")


def of_waiting_trial() -> Check:
    """The one real picture has not had its turn, or its call takes long."""
    remedy = "The card above says what holds it, and becomes the picture by itself."
    return warning(TRIAL, "it is not made yet", remedy)


def of_login(login: Login) -> Check:
    """Whether Discord takes the bot's token."""
    label = "Discord token"
    if login.name is None:
        return wrong(
            label,
            "Discord does not know it",
            "Copy the token from the Bot page of your application at "
            "https://discord.com/developers/applications into DISCORD_TOKEN.",
        )
    if login.starts_left == 0:
        return warning(
            label,
            f"valid, of {login.name}, but it connected too often today",
            "Leave the bot running; find out why it restarts before tomorrow.",
        )
    return ok(label, f"valid, of {login.name}")


def of_served(served: Served) -> Check:
    """Whether somebody decided which servers the bot works for; none is named or counted here."""
    label = "Servers"
    if served.undecided:
        return wrong(
            label,
            "I am in several and none is named: only owners may use me",
            "Name those I work for in HUGOPS_GUILDS and restart me.",
        )
    if served.named - served.joined:
        remedy = "Invite me there, or take it out of HUGOPS_GUILDS."
        return warning(label, "HUGOPS_GUILDS names one that I am not in", remedy)
    if served.named:
        return ok(label, "I am in all that HUGOPS_GUILDS names")
    return ok(label, "the only one I am in")


def in_words(cause: Cause) -> str:
    """A cause as people read it."""
    return cause.value.replace("_", " ")
