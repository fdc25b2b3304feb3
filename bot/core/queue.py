"""The queue as values: what is submitted, what a claim gives, and where a job stands in line.

The estimate plays windows and fair order forward over a snapshot. It is a fair guess, not a
promise: somebody lighter may still come, so a job may start later, never earlier.
Called by services, the ledger and the cards.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.access import GuildId, UserId
from bot.core.errors import Cause
from bot.core.fairness import MEMORY, Waiting, light_again_at, next_turn
from bot.core.jobs import Job, JobId, JobKey, Origin, Request
from bot.core.outcomes import PauseKind
from bot.core.prices import RESERVED_PER_IMAGE_NUSD
from bot.core.servers import QueueHold, QueueState
from bot.core.windows import Call, Hold, Limit, Limits, next_slot

MOST_PLAYED = 200  # nobody reads a place in line beyond this; it keeps the estimate quick
USUAL_CALL = timedelta(seconds=8)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A checked request about to enter the queue. `idem` makes a repeated delivery harmless.

    `exempt`: no block binds this person.
    """

    key: JobKey
    idem: str
    request: Request
    origin: Origin
    weight: int
    parent_key: JobKey | None = None
    exempt: bool = False


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to work on one attempt of a job; every later step is fenced by it."""

    job_id: JobId
    attempt: int
    owner: str


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Which waiting jobs an admin withdraws: all of a server, or those of one person in it."""

    guild_id: GuildId
    cause: Cause
    user_id: UserId | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A job whose turn it is, with its lease."""

    job: Job
    lease: Lease


@dataclass(frozen=True, kw_only=True)
class Standstill:
    """Nothing may go now. `wait` is how long that certainly lasts; None: until something ends."""

    wait: timedelta | None


@dataclass(frozen=True, kw_only=True)
class Rest:
    """The lane is paused, by an admin (no end) or by a refusal of Hugging Face."""

    kind: PauseKind
    until_at: datetime | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A call that counts, and whose it was."""

    user_id: UserId
    call: Call


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The lane at one instant; all its times are of one clock."""

    now_at: datetime
    limits: Limits
    rest: Rest | None
    slots: tuple[Slot, ...]
    waiting: tuple[Waiting, ...]
    spent_nusd: int = 0  # posted and reserved this month
    holds: Mapping[GuildId, QueueHold] = field(default_factory=dict[GuildId, QueueHold])

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that count, whosever they were."""
        return tuple(slot.call for slot in self.slots)

    def hold_of(self, guild_id: GuildId) -> QueueHold:
        """Whether a server's jobs move, and who decided that."""
        return self.holds.get(guild_id, QueueHold())


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a job stands: `position` of `of`, when it would start, and what held it last.

    Position and number count the jobs of its own server only: no server learns of another.
    """

    position: int
    of: int
    starts_at: datetime
    held_by: Limit | None  # None: only its turn


def decide(snapshot: Snapshot) -> Waiting | Hold:
    """Whose turn it is now, or what holds everybody back. The claim and the estimate ask this.

    Jobs of paused servers are not in the snapshot: both leave them out.
    """
    now_at, limits = snapshot.now_at, snapshot.limits
    if snapshot.rest:
        return Hold(limit=None, until_at=snapshot.rest.until_at)
    hold = next_slot(snapshot.calls, limits, now_at) or _money_hold(snapshot)
    if hold:
        return hold
    reserve = _reserve_hold(snapshot)
    slots = slots_of(snapshot.slots, now_at)
    turn = next_turn(snapshot.waiting, slots, now_at, light_only=reserve is not None)
    if turn:
        return turn
    if reserve and any(job.ready_at <= now_at for job in snapshot.waiting):
        return replace(reserve, until_at=_reserve_ends_at(snapshot, reserve))
    earliest = min((job.ready_at for job in snapshot.waiting), default=None)
    return Hold(limit=None, until_at=earliest)


def places(snapshot: Snapshot, call: timedelta = USUAL_CALL) -> dict[JobId, Place]:
    """Play windows and fair order forward; jobs beyond MOST_PLAYED have no place yet.

    Nor have jobs of a paused server: nobody knows when they go on.
    """
    found: dict[JobId, Place] = {}
    state = _landed(snapshot, call)
    of = Counter(job.guild_id for job in snapshot.waiting)
    ahead = Counter[GuildId]()
    held_by: Limit | None = None
    while state.waiting and len(found) < MOST_PLAYED:
        match decide(state):
            case Hold(limit=limit, until_at=until_at):
                if until_at is None:
                    break
                held_by = limit or held_by
                state = _at(state, until_at)
            case turn:
                ahead[turn.guild_id] += 1
                found[turn.job_id] = Place(
                    position=ahead[turn.guild_id],
                    of=of[turn.guild_id],
                    starts_at=state.now_at,
                    held_by=held_by,
                )
                held_by = None
                state = _started(state, turn, call)
    return found


def slots_of(slots: Sequence[Slot], now_at: datetime) -> Mapping[UserId, int]:
    """How many slots each person had in the trailing hour."""
    return Counter(slot.user_id for slot in slots if slot.call.sent_at > now_at - MEMORY)


def month_of(at: datetime) -> str:
    """The month that money is counted in, by UTC: "2026-11"."""
    return f"{at:%Y-%m}"


def _money_hold(snapshot: Snapshot) -> Hold | None:
    most = snapshot.limits.money_nusd
    if most is None or snapshot.spent_nusd + RESERVED_PER_IMAGE_NUSD <= most:
        return None
    if most < RESERVED_PER_IMAGE_NUSD:
        return Hold(limit=Limit.MONEY, until_at=None)
    month = snapshot.now_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    next_month = (month + timedelta(days=32)).replace(day=1)
    return Hold(limit=Limit.MONEY, until_at=next_month)


def _reserve_hold(snapshot: Snapshot) -> Hold | None:
    hour = snapshot.limits.window(Limit.HOUR)
    if hour is None or snapshot.limits.reserve == 0:
        return None
    open_to_all = max(hour.in_force - snapshot.limits.reserve, 0)
    narrowed = replace(snapshot.limits, windows=(replace(hour, in_force=open_to_all),))
    hold = next_slot(snapshot.calls, narrowed, snapshot.now_at)
    return Hold(limit=Limit.RESERVE, until_at=hold.until_at) if hold else None


def _reserve_ends_at(snapshot: Snapshot, reserve: Hold) -> datetime | None:
    """The first that may let somebody go: room for all, somebody light again or ready."""
    sent: defaultdict[UserId, list[datetime]] = defaultdict(list)
    for slot in snapshot.slots:
        sent[slot.user_id].append(slot.call.sent_at)
    ends = {reserve.until_at} | {job.ready_at for job in snapshot.waiting}
    ends |= {light_again_at(sent[job.user_id]) for job in snapshot.waiting}
    return min((end for end in ends if end and end > snapshot.now_at), default=None)


def _landed(snapshot: Snapshot, call: timedelta) -> Snapshot:
    """The snapshot with an end for what runs and no pause that nobody knows the end of."""
    rest = snapshot.rest if snapshot.rest and snapshot.rest.until_at else None
    start = max(rest.until_at, snapshot.now_at) if rest and rest.until_at else snapshot.now_at
    slots = tuple(_with_end(slot, call, start) for slot in snapshot.slots)
    waiting = tuple(job for job in snapshot.waiting if _moves(job, snapshot))
    return _at(replace(snapshot, slots=slots, waiting=waiting, rest=None), start)


def _moves(job: Waiting, snapshot: Snapshot) -> bool:
    return snapshot.hold_of(job.guild_id).state is not QueueState.PAUSED


def _at(state: Snapshot, now_at: datetime) -> Snapshot:
    """The same lane later; a new month begins with nothing spent."""
    same_month = month_of(now_at) == month_of(state.now_at)
    return replace(state, now_at=now_at, spent_nusd=state.spent_nusd if same_month else 0)


def _with_end(slot: Slot, length: timedelta, start: datetime) -> Slot:
    if slot.call.answered_at:
        return slot
    ends_at = max(slot.call.sent_at + length, start)
    return replace(slot, call=replace(slot.call, answered_at=ends_at))


def _started(state: Snapshot, turn: Waiting, length: timedelta) -> Snapshot:
    call = Call(sent_at=state.now_at, answered_at=state.now_at + length)
    return replace(
        state,
        slots=(*state.slots, Slot(user_id=turn.user_id, call=call)),
        waiting=tuple(job for job in state.waiting if job.job_id != turn.job_id),
        spent_nusd=state.spent_nusd + RESERVED_PER_IMAGE_NUSD,
    )
