"""Every trouble of Discord by its name: refusals of REST calls, and what its gateway does.

The drawer and the tests ask for them (`DiscordServer.fail` and `trouble`); discord_traffic.py
carries the refusals out.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.discord_errors import Problem
from bot.sandbox.discord_gateway import Gateway
from bot.sandbox.discord_traffic import Fault, FaultKind

# Which calls of the bot can be made to fail: method, and path without the prefix.
CALLS = {
    "any": ("*", "*"),
    "first answer": ("POST", "/interactions/*/callback"),
    "card": ("PATCH", "/webhooks/*/messages/@original"),
    "follow-up": ("POST", "/webhooks/*"),
    "post": ("POST", "/channels/*/messages"),
    "edit": ("PATCH", "/channels/*/messages/*"),
    "DM": ("POST", "/users/@me/channels"),
}
_TOO_MANY = 429
_BAN_PAGE = "<html><title>Error 1015</title><body>You are being rate limited</body></html>"
_PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>"


@dataclass(frozen=True)
class Refusal:
    """A named fault of REST calls: what a person is told of it, and how it is made."""

    text: str
    make: Callable[[str, str], Fault]


def _status(status: int, body: str | None = None) -> Callable[[str, str], Fault]:
    return lambda method, path: Fault(method=method, path=path, status=status, body=body)


def _cut(kind: FaultKind) -> Callable[[str, str], Fault]:
    return lambda method, path: Fault(method=method, path=path, kind=kind)


def _coded(problem: Problem) -> Callable[[str, str], Fault]:
    status, code, message = problem.value
    return lambda method, path: Fault(
        method=method, path=path, status=status, code=code, message=message
    )


def _slowed(*, everywhere: bool) -> Callable[[str, str], Fault]:
    scope = {"X-RateLimit-Global": "true"} if everywhere else {}
    return lambda method, path: Fault(
        method=method, path=path, status=_TOO_MANY, retry_after_s=1.0, headers=scope
    )


REFUSALS = {
    "429": Refusal("Too many calls to this route: again in a second.", _slowed(everywhere=False)),
    "429_global": Refusal("Too many calls of the whole bot.", _slowed(everywhere=True)),
    "429_ban": Refusal(
        "A ban of the address, as a page of the proxy.", _status(_TOO_MANY, _BAN_PAGE)
    ),
    "500": Refusal("Discord stumbles.", _status(500)),
    "502_html": Refusal(
        "A proxy cannot reach Discord and sends a web page.", _status(502, _PROXY_PAGE)
    ),
    "503": Refusal("Discord is down for now.", _status(503)),
    "reset": Refusal("The line breaks and nothing was done.", _cut(FaultKind.RESET)),
    "lost": Refusal("It was done, and then the line breaks.", _cut(FaultKind.LOSE)),
    "slow": Refusal("It is done, four seconds late.", _cut(FaultKind.SLOW)),
    "10003": Refusal("Nobody knows the channel.", _coded(Problem.UNKNOWN_CHANNEL)),
    "10008": Refusal("Nobody knows the message.", _coded(Problem.UNKNOWN_MESSAGE)),
    "10015": Refusal("Nobody knows the webhook.", _coded(Problem.UNKNOWN_WEBHOOK)),
    "10062": Refusal(
        "Nobody knows the interaction: too late.", _coded(Problem.UNKNOWN_INTERACTION)
    ),
    "40005": Refusal("The message is too large.", _coded(Problem.TOO_LARGE)),
    "40060": Refusal("The interaction was answered already.", _coded(Problem.ALREADY_ACKNOWLEDGED)),
    "50001": Refusal("The bot does not see the channel.", _coded(Problem.MISSING_ACCESS)),
    "50007": Refusal("The person takes no direct messages.", _coded(Problem.DM_CLOSED)),
    "50013": Refusal("The bot may not do that here.", _coded(Problem.MISSING_PERMISSIONS)),
    "50027": Refusal("The interaction's token is no longer valid.", _coded(Problem.INVALID_TOKEN)),
}


@dataclass(frozen=True)
class Trouble:
    """A named deed of the gateway."""

    text: str
    do: Callable[[Gateway], None]


TROUBLES = {
    "op_7": Trouble("It asks the bot to connect anew.", lambda it: it.ask_to_reconnect()),
    "op_9_resumable": Trouble(
        "The session is doubted, and may go on.", lambda it: it.invalidate(resumable=True)
    ),
    "op_9": Trouble("The session is gone.", lambda it: it.invalidate(resumable=False)),
    "close_4000": Trouble("It hangs up for no reason.", lambda it: it.disconnect(4000)),
    "close_4004": Trouble(
        "It no longer takes the token; the bot has to end.",
        lambda it: it.disconnect(4004),
    ),
    "cut": Trouble("The line breaks without a word.", lambda it: it.abort()),
    "server_away": Trouble(
        "The servers are out of reach, and back in a moment.", lambda it: it.flicker()
    ),
}


def refusal(name: str, calls: str, times: int | None) -> Fault:
    """The fault `name` for the next `times` calls (None: until cleared). Raises ValueError."""
    if name not in REFUSALS:
        raise ValueError(f"no fault of Discord is called {name!r}")
    if calls not in CALLS:
        raise ValueError(f"no calls are called {calls!r}")
    method, path = CALLS[calls]
    made = REFUSALS[name].make(method, path)
    made.name, made.times = name, times
    return made
