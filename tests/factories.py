"""Ready-made values for tests: every argument has a plain default, a test names what matters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.access import Actor, ChannelId, GuildId, RoleId, UserId
from bot.core.checks import Wish
from bot.core.errors import Cause, Failed, Reach
from bot.core.fairness import Waiting
from bot.core.jobs import Job, JobId, JobKey, Origin, Picture, Request, Result, Size, Status
from bot.core.prices import Basis, Cost
from bot.core.queue import Draft, Lease, Rest, Slot, Snapshot
from bot.core.records import AuditEntry
from bot.core.windows import Call, Limit, Limits, Window

START_AT = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
GUILD, OTHER_GUILD = GuildId(100), GuildId(200)
CHANNEL = ChannelId(300)
ANA, BO, CY = UserId(1), UserId(2), UserId(3)
MODEL = "acme/painter"
FREE_COST = Cost(basis=Basis.ESTIMATED, amount_nusd=864_000)


def seconds(number: float) -> timedelta:
    """A short way to write a duration."""
    return timedelta(seconds=number)


def at(number: float) -> datetime:
    """The instant `number` seconds after the start of every test."""
    return START_AT + seconds(number)


def make_request(prompt: str = "a lighthouse at dawn", *, private: bool = False) -> Request:
    """A checked request."""
    return Request(prompt=prompt, model=MODEL, seed=7, private=private)


def make_full_request() -> Request:
    """A request with every option used."""
    return replace(
        make_request(),
        size=Size.LANDSCAPE,
        negative_prompt="fog",
        steps=20,
        guidance=4.5,
        spoiler=True,
    )


def make_wish(prompt: str = "a lighthouse at dawn", *, private: bool = False) -> Wish:
    """What a person typed; use `dataclasses.replace` for the other options."""
    return Wish(prompt=prompt, private=private)


def make_actor(
    user_id: UserId = ANA,
    guild_id: GuildId = GUILD,
    *,
    role_ids: frozenset[RoleId] = frozenset(),
    manages_server: bool = False,
    manages_messages: bool = False,
    channel_id: ChannelId = CHANNEL,
) -> Actor:
    """A person in a server."""
    return Actor(
        user_id=user_id,
        guild_id=guild_id,
        role_ids=role_ids,
        manages_server=manages_server,
        manages_messages=manages_messages,
        channel_id=channel_id,
    )


def make_origin(
    interaction_id: int = 1, user_id: UserId = ANA, guild_id: GuildId = GUILD
) -> Origin:
    """Where a request came from."""
    return Origin(
        interaction_id=interaction_id,
        application_id=9,
        guild_id=guild_id,
        channel_id=CHANNEL,
        user_id=user_id,
        token="interaction-token",  # noqa: S106 - opens nothing
        token_ends_at=START_AT + timedelta(minutes=15),
    )


def make_draft(
    number: int = 1, user_id: UserId = ANA, *, weight: int = 1, request: Request | None = None
) -> Draft:
    """A request about to enter the queue; `number` makes its key and idempotency key."""
    return Draft(
        key=JobKey(f"job{number}"),
        idem=str(number),
        request=request or make_request(),
        origin=make_origin(number, user_id),
        weight=weight,
    )


def make_job(
    number: int = 1,
    status: Status = Status.QUEUED,
    *,
    user_id: UserId = ANA,
    request: Request | None = None,
    result: Result | None = None,
) -> Job:
    """A job as the ledger would hold it; use `dataclasses.replace` for the rest."""
    return Job(
        id=JobId(number),
        key=JobKey(f"job{number}"),
        status=status,
        request=request or make_request(),
        guild_id=GUILD,
        channel_id=CHANNEL,
        user_id=user_id,
        created_at=START_AT,
        attempt=0,
        tries=0,
        result=result,
    )


def make_lease(number: int = 1, attempt: int = 1, owner: str = "worker") -> Lease:
    """The right to work on an attempt."""
    return Lease(job_id=JobId(number), attempt=attempt, owner=owner)


def make_picture(data: bytes = b"picture bytes") -> Picture:
    """Bytes that stand for a checked picture."""
    return Picture(
        data=data,
        mime="image/png",
        width=64,
        height=48,
        seconds=7.2,
        provider="hf-inference",
        cost=FREE_COST,
        request_id="req-1",
    )


def make_result(media: str | None = "job1.1", cost: Cost = FREE_COST) -> Result:
    """The lasting facts of a picture."""
    return Result(
        media=media,
        mime="image/png",
        width=64,
        height=48,
        seconds=7.2,
        provider="hf-inference",
        cost=cost,
    )


def make_failed(
    cause: Cause = Cause.NO_ANSWER,
    reach: Reach = Reach.REJECTED,
    *,
    retry_after: timedelta | None = None,
) -> Failed:
    """An attempt that gave no picture."""
    return Failed(cause=cause, reach=reach, detail="said so", retry_after=retry_after, status=503)


def make_window(
    limit: Limit = Limit.HOUR,
    cap: int = 30,
    period_seconds: float = 3600,
    taught: int | None = None,
) -> Window:
    """A window; `taught` is the lower cap that refusals have shown."""
    in_force = cap if taught is None else taught
    return Window(limit=limit, period=seconds(period_seconds), cap=cap, in_force=in_force)


def make_limits(
    *windows: Window, in_flight: int = 1, reserve: int = 0, money_nusd: int | None = None
) -> Limits:
    """Limits of these windows and nothing else."""
    return Limits(windows=windows, in_flight=in_flight, reserve=reserve, money_nusd=money_nusd)


def make_call(sent: float, answered: float | None = None) -> Call:
    """A call by its seconds after the start; without an answer it is in the air."""
    return Call(sent_at=at(sent), answered_at=None if answered is None else at(answered))


def make_slot(user_id: UserId = ANA, sent: float = 0, answered: float | None = None) -> Slot:
    """A call and whose it was."""
    return Slot(user_id=user_id, call=make_call(sent, answered))


def make_waiting(
    number: int = 1,
    user_id: UserId = ANA,
    *,
    weight: int = 1,
    ready: float = 0,
    guild_id: GuildId = GUILD,
) -> Waiting:
    """A job in line, ready that many seconds after the start."""
    return Waiting(
        job_id=JobId(number),
        guild_id=guild_id,
        user_id=user_id,
        weight=weight,
        ready_at=at(ready),
    )


def make_snapshot(
    limits: Limits | None = None,
    waiting: tuple[Waiting, ...] = (),
    slots: tuple[Slot, ...] = (),
    *,
    now: float = 0,
    rest: Rest | None = None,
    spent_nusd: int = 0,
) -> Snapshot:
    """The lane at one instant."""
    return Snapshot(
        now_at=at(now),
        limits=limits or Limits(windows=()),
        rest=rest,
        slots=slots,
        waiting=waiting,
        spent_nusd=spent_nusd,
    )


def make_entry(action: str = "limits set") -> AuditEntry:
    """A line of the audit trail."""
    return AuditEntry(at=START_AT, guild_id=GUILD, actor_id=BO, action=action)
