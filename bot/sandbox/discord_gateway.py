"""The gateway: who is connected, what each session was sent, and the events that go out.

The websocket conversation itself is `discord_connection`.
"""

import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from bot.sandbox.changes import Changes, Event
from bot.sandbox.discord_payloads import guild_json, user_json
from bot.sandbox.json_shapes import Json
from bot.sandbox.world import World

if TYPE_CHECKING:
    from bot.sandbox.discord_connection import Connection

_ID_TIME_SHIFT = 22
_REMEMBERED_EVENTS = 1000


class Op(IntEnum):
    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    ACK = 11


class Intent(IntEnum):
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One text to send, or a close code to close with."""

    text: str = ""
    close_code: int | None = None
    before_sending: Callable[[], None] | None = None


@dataclass(kw_only=True, eq=False)
class Session:
    id: str
    shard: tuple[int, int]
    intents: int
    sequence: int = 0
    sent: deque[tuple[int, Frame]] = field(
        default_factory=lambda: deque[tuple[int, Frame]](maxlen=_REMEMBERED_EVENTS)
    )
    connection: "Connection | None" = None

    def serves(self, guild_id: int | None) -> bool:
        number, count = self.shard
        return number == (0 if guild_id is None else (guild_id >> _ID_TIME_SHIFT) % count)

    def emit(self, name: str, data: Json, before_sending: Callable[[], None] | None = None) -> None:
        self.sequence += 1
        text = json.dumps({"op": Op.DISPATCH, "t": name, "s": self.sequence, "d": data})
        frame = Frame(text=text, before_sending=before_sending)
        self.sent.append((self.sequence, frame))
        if self.connection is not None:
            self.connection.send(frame)


class Gateway:
    def __init__(self, world: World, changes: Changes, token: str) -> None:
        self.world = world
        self.changes = changes
        self.token = token
        self.url = ""
        self.shards = 1
        self.heartbeat_ms = 41_250
        # Privileged intents switched on in the developer portal.
        self.privileged_intents = 0
        self.sessions: dict[str, Session] = {}
        self.identified: list[Json] = []
        self.resumed: list[Json] = []
        self.close_codes: list[int] = []
        self.connections: list[Connection] = []

    @property
    def ready(self) -> bool:
        return any(session.connection is not None for session in self.sessions.values())

    def open_session(self, identify: Json, connection: "Connection") -> Session:
        number, count = identify.get("shard") or (0, 1)
        session = Session(
            id=secrets.token_hex(16),
            shard=(number, count),
            intents=identify["intents"],
            connection=connection,
        )
        self.sessions[session.id] = session
        session.emit("READY", self._ready_json(session))
        for guild in self.world.guilds.values():
            if session.serves(guild.id):
                session.emit("GUILD_CREATE", guild_json(guild, self.world.bot))
        self.changes.publish(Event(type="ready", body={}))
        return session

    def resume(self, asked: Json, connection: "Connection") -> Session | None:
        """Reattach a dropped session and repeat what it missed."""
        session = self.sessions.get(asked["session_id"])
        if session is None:
            return None
        session.connection = connection
        for sequence, frame in list(session.sent):
            if sequence > asked["seq"]:
                connection.send(frame)
        session.emit("RESUMED", {})
        self.changes.publish(Event(type="ready", body={}))
        return session

    def dispatch(
        self,
        name: str,
        data: Json,
        *,
        guild_id: int | None,
        intent: int = 0,
        before_sending: Callable[[], None] | None = None,
    ) -> None:
        for session in self.sessions.values():
            if session.serves(guild_id) and session.intents & intent == intent:
                session.emit(name, data, before_sending)

    def disconnect(self, code: int = 4000) -> None:
        """Close every connection from our side, as Discord does when a server goes away."""
        for connection in self.connections:
            connection.send(Frame(close_code=code))

    def abort(self) -> None:
        """Cut every connection without a close frame."""
        for connection in self.connections:
            connection.abort()

    def ask_to_reconnect(self) -> None:
        self._tell_all({"op": Op.RECONNECT, "d": None})

    def invalidate(self, *, resumable: bool) -> None:
        if not resumable:
            self.sessions.clear()
        self._tell_all({"op": Op.INVALID_SESSION, "d": resumable})

    def flicker(self) -> None:
        """Every server becomes unavailable and comes back."""
        for guild in self.world.guilds.values():
            away: Json = {"id": str(guild.id), "unavailable": True}
            self.dispatch("GUILD_DELETE", away, guild_id=guild.id)
            self.dispatch("GUILD_CREATE", guild_json(guild, self.world.bot), guild_id=guild.id)

    def _tell_all(self, body: Json) -> None:
        for connection in self.connections:
            connection.send(Frame(text=json.dumps(body)))

    def _ready_json(self, session: Session) -> Json:
        served = [guild for guild in self.world.guilds.values() if session.serves(guild.id)]
        return {
            "v": 10,
            "user": user_json(self.world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in served],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": str(self.world.application_id), "flags": 0},
        }
