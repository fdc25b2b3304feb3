"""What people ask for and what becomes of it: Request, Job, Status. Called by every other layer.

    queued ──a──> leased ──b──> sent ──c──> done
      │  ^          │  │          │ ├──d──> failed
      │  └────e─────┴──┼──────────┘
      ├──f──> failed   └──g──> cancelled
      └──g──> cancelled

a  claimed: a fair turn and a free slot of every window, in one transaction
b  the mark that a call is about to leave, in a commit of its own
c  the picture is on the disk and the books are settled
d  Hugging Face refused for good, or nobody can tell what it did
e  another try later: the slot of the attempt is settled, the job keeps its place
f  waited for more than 24 hours, or the credit is spent
g  the person changed their mind, or an admin withdrew it, before anything was sent
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import NewType

from bot.core.access import ChannelId, GuildId, UserId
from bot.core.errors import Cause
from bot.core.prices import Cost

JobId = NewType("JobId", int)
JobKey = NewType("JobKey", str)
MessageId = NewType("MessageId", int)


class Status(Enum):
    """Where a job stands; the value is what the ledger stores."""

    QUEUED = "queued"
    LEASED = "leased"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing follows."""
        return self in {Status.DONE, Status.FAILED, Status.CANCELLED}


FOLLOWS: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.LEASED, Status.FAILED, Status.CANCELLED}),
    Status.LEASED: frozenset({Status.SENT, Status.QUEUED, Status.CANCELLED}),
    Status.SENT: frozenset({Status.DONE, Status.FAILED, Status.QUEUED}),
    Status.DONE: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
}


class Size(Enum):
    """The picture sizes on offer; the value is what people choose."""

    SQUARE_512 = "square-512"
    SQUARE_1024 = "square-1024"
    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"
    WIDE = "wide"

    @property
    def area(self) -> int:
        """How many pixels."""
        width, height = self.pixels
        return width * height

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height."""
        return _PIXELS[self]


_PIXELS = {
    Size.SQUARE_512: (512, 512),
    Size.SQUARE_1024: (1024, 1024),
    Size.PORTRAIT: (768, 1024),
    Size.LANDSCAPE: (1024, 768),
    Size.WIDE: (1344, 768),
}


@dataclass(frozen=True, kw_only=True)
class Request:
    """A picture somebody asked for, already checked (see core/checks.py)."""

    prompt: str
    model: str
    seed: int
    size: Size | None = None
    negative_prompt: str | None = None
    steps: int | None = None
    guidance: float | None = None
    private: bool = False
    spoiler: bool = False

    def with_seed(self, seed: int) -> "Request":
        """The same request with another seed."""
        return replace(self, seed=seed)

    def shown(self) -> "Request":
        """What the card of a picture shows of it, and nothing that its person kept back."""
        return replace(self, negative_prompt=None, steps=None, guidance=None, private=False)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a request came from and how its answer finds the way back.

    `token` is a secret that answers the interaction until `token_ends_at`.
    """

    interaction_id: int
    application_id: int
    guild_id: GuildId
    channel_id: ChannelId
    user_id: UserId
    token: str
    token_ends_at: datetime
    age_restricted: bool = False  # whether the channel is marked for grown-ups

    def __repr__(self) -> str:
        return f"Origin(interaction_id={self.interaction_id}, user_id={self.user_id})"


@dataclass(frozen=True, kw_only=True)
class Job:
    """A request on its way, as the ledger holds it."""

    id: JobId
    key: JobKey
    status: Status
    request: Request
    guild_id: GuildId
    channel_id: ChannelId
    user_id: UserId
    created_at: datetime
    attempt: int  # the fence: grows with every claim
    tries: int  # the attempts that count against the limit of tries
    not_before_at: datetime | None = None
    sent_at: datetime | None = None
    done_at: datetime | None = None
    cause: Cause | None = None
    detail: str = ""
    parent_key: JobKey | None = None
    age_restricted: bool = False  # asked for in a channel that was marked for grown-ups
    result: "Result | None" = None
    shared_in: ChannelId | None = None  # set when its person begins to share it
    shared_as: MessageId | None = None  # set once it stands there

    @property
    def shared(self) -> bool:
        """Whether this private picture stands in a channel, so that others may go on from it."""
        kept = self.result is not None and self.result.media is not None
        return self.request.private and self.shared_as is not None and kept


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Bytes that were checked to be a picture, with what is known of the call that made them."""

    data: bytes
    mime: str  # image/png, image/jpeg or image/webp
    width: int
    height: int
    seconds: float
    provider: str
    cost: Cost
    request_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Smaller:
    """A picture re-encoded to fit somewhere; the original stays in the store."""

    data: bytes
    mime: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """A finished picture: what to say of it, and its name in the media store (None: deleted)."""

    media: str | None
    mime: str
    width: int
    height: int
    seconds: float
    provider: str
    cost: Cost


def describe(picture: Picture, media: str) -> Result:
    """The lasting facts of `picture`, whose bytes lie at `media`."""
    return Result(
        media=media,
        mime=picture.mime,
        width=picture.width,
        height=picture.height,
        seconds=picture.seconds,
        provider=picture.provider,
        cost=picture.cost,
    )
