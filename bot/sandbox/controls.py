"""What the page's drawer can do: break both neighbours, pace the clock, kill the bot.

Made by the launcher, which alone holds all the parts; called by control_routes.py.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.bot_process import BotProcess, Phase
from bot.sandbox.command_forms import ClientRefusedError
from bot.sandbox.discord_faults import CALLS, REFUSALS, TROUBLES, refusal
from bot.sandbox.discord_gateway import Gateway
from bot.sandbox.discord_traffic import Faults
from bot.sandbox.fault_words import WORDS
from bot.sandbox.json_shapes import Json
from bot.sandbox.pace import Pace
from bot.sandbox.upstream import InferenceCall, Upstream

NEWEST = 50
MOST_TIMES = 100
LONGEST_S = 120.0
REAL_HUB = "Hugging Face is the real one here, and it cannot be made to fail."
NOT_CONNECTED = "The bot is not connected to Discord now."
REAL_TIME = "Hugging Face is the real one here, and its clock cannot run faster."


@dataclass(frozen=True, kw_only=True)
class Controls:
    """`upstream` None: Hugging Face is the real one."""

    bot: BotProcess
    refusals: Faults
    gateway: Gateway
    upstream: Upstream | None
    pace: Pace
    pace_changed: Callable[[], None]
    is_connected: Callable[[], bool]
    expire_tokens: Callable[[], None]

    def state(self) -> Json:
        """All that the drawer shows."""
        return {
            "bot": self.bot_state(),
            "hub": self._hub_state(),
            "discord": self._discord_state(),
            "pace": self.pace.shown(),
        }

    def bot_state(self) -> Json:
        """The bot in one word and, when it is down, in one sentence."""
        state = self.bot.phase.value
        if self.bot.phase is Phase.RUNNING and not self.is_connected():
            state = "starting"
        return {"state": state, "text": _how_it_ended(self.bot)}

    def fail(self, name: str, times: int | None) -> None:
        """Answer the next `times` calls (None: until cleared) with a fault. Raises ValueError."""
        _check_times(times)
        self._pretend_hub().fail(name, times)

    def clear(self) -> None:
        """Let Hugging Face be well again."""
        self._pretend_hub().clear()

    def fail_discord(self, name: str, calls: str, times: int | None) -> None:
        """Refuse the next `times` calls of a kind (None: until cleared). Raises ValueError."""
        _check_times(times)
        self.refusals.add(refusal(name, calls, times))

    def clear_discord(self) -> None:
        """Let Discord be well again."""
        self.refusals.clear()

    def trouble(self, name: str) -> None:
        """What the gateway does, at once. Raises ValueError."""
        if name not in TROUBLES:
            raise ValueError(f"the gateway cannot {name}")
        if not self.is_connected():
            raise ClientRefusedError(NOT_CONNECTED)
        TROUBLES[name].do(self.gateway)

    def set_latency(self, seconds: float) -> None:
        """How long a picture takes from now on. Raises ValueError."""
        if not math.isfinite(seconds) or not 0 <= seconds <= LONGEST_S:
            raise ValueError(f"{seconds} is no latency")
        self._pretend_hub().latency = seconds

    def run_clock(self, speed: float) -> None:
        """Run everybody's clock `speed` times as fast. Raises ValueError."""
        self._refuse_in_real_time()
        self.pace.run(speed)
        self._tell_pace()

    def skip(self, seconds: float) -> None:
        """Have it be `seconds` later for everybody. Raises ValueError."""
        self._refuse_in_real_time()
        self.pace.skip(seconds)
        self._tell_pace()

    async def do(self, deed: str) -> None:
        """Kill, stop or start the bot. Raises ValueError."""
        match deed:
            case "kill":
                await self.bot.kill()
            case "stop":
                self.bot.stop()
            case "start":
                self.bot.start()
            case _:
                raise ValueError(f"the bot cannot {deed}")

    def _refuse_in_real_time(self) -> None:
        """The windows of a real account pass no faster for a bot in a hurry."""
        if self.upstream is None:
            raise ClientRefusedError(REAL_TIME)

    def _tell_pace(self) -> None:
        self.bot.tell_pace()
        self.pace_changed()

    def _pretend_hub(self) -> Upstream:
        if self.upstream is None:
            raise ClientRefusedError(REAL_HUB)
        return self.upstream

    def _discord_state(self) -> Json:
        queued = self.refusals.queued()
        return {
            "faults": [{"name": name, "text": it.text} for name, it in REFUSALS.items()],
            "troubles": [{"name": name, "text": it.text} for name, it in TROUBLES.items()],
            "calls": list(CALLS),
            "queued": [{"name": fault.name, "left": fault.left} for fault in queued],
        }

    def _hub_state(self) -> Json | None:
        hub = self.upstream
        if hub is None:
            return None
        newest = hub.calls[-NEWEST:][::-1]
        return {
            "faults": [{"name": w.name, "group": w.group, "text": w.text} for w in WORDS],
            "queued": [{"name": fault.name, "left": fault.left} for fault in hub.queued()],
            "latency": hub.latency,
            "count": len(hub.calls),
            "calls": [_call_json(call) for call in newest],
        }


def _check_times(times: int | None) -> None:
    if times is not None and not 1 <= times <= MOST_TIMES:
        raise ValueError(f"{times} is no number of calls")


def _call_json(call: InferenceCall) -> Json:
    return {
        "number": call.number,
        "at": call.at.isoformat(),
        "model": call.model or "self-hosted",
        "status": call.status,
        "seconds": call.seconds,
        "made": call.executed,
        "fault": call.fault,
    }


def _how_it_ended(bot: BotProcess) -> str | None:
    if bot.phase is not Phase.DOWN:
        return None
    match bot.asked_for:
        case "kill":
            return "The bot is down: you killed it."
        case "stop":
            return "The bot is down: you stopped it."
        case _:
            return f"The bot ended by itself ({bot.exit_words}); its log is in the terminal."
