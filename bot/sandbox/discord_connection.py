"""One websocket of the gateway: hello, identify or resume, heartbeats, close codes."""

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.changes import Event
from bot.sandbox.discord_gateway import Frame, Gateway, Op, Session
from bot.sandbox.json_shapes import Json

ABNORMAL = 1006
ENDING_CODES = (1000, 1001)
AUTHENTICATION_FAILED = 4004
DISALLOWED_INTENTS = 4014
PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)
# An answer that comes back sooner can confuse the client's latency clock.
ACK_DELAY_S = 0.01


class Connection:
    def __init__(self, gateway: Gateway, request: web.Request) -> None:
        self._gateway = gateway
        self._request = request
        self._socket = web.WebSocketResponse(max_msg_size=0)
        self._outbox: asyncio.Queue[Frame] = asyncio.Queue()
        self._session: Session | None = None
        self._closed_with: int | None = None

    def send(self, frame: Frame) -> None:
        self._outbox.put_nowait(frame)

    def abort(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()

    async def serve(self) -> web.WebSocketResponse:
        await self._socket.prepare(self._request)
        self._gateway.connections.append(self)
        self._tell(Op.HELLO, {"heartbeat_interval": self._gateway.heartbeat_ms})
        try:
            async with asyncio.TaskGroup() as tasks:
                writer = tasks.create_task(self._write())
                await self._read()
                writer.cancel()
        finally:
            self._leave()
        return self._socket

    async def _write(self) -> None:
        while True:
            frame = await self._outbox.get()
            if frame.close_code is not None:
                self._closed_with = frame.close_code
                await self._socket.close(code=frame.close_code)
                return
            if frame.before_sending is not None:
                frame.before_sending()
            try:
                await self._socket.send_str(frame.text)
            except ConnectionError:
                return

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                self._receive(json.loads(message.data))

    def _receive(self, body: Json) -> None:
        if body["op"] == Op.HEARTBEAT:
            ack = Frame(text=json.dumps({"op": Op.ACK}))
            asyncio.get_running_loop().call_later(ACK_DELAY_S, self.send, ack)
        elif body["op"] == Op.IDENTIFY:
            self._identify(body["d"])
        elif body["op"] == Op.RESUME:
            self._resume(body["d"])

    def _identify(self, asked: Json) -> None:
        self._gateway.identified.append(asked)
        refusal = self._refusal(asked)
        if refusal is not None:
            self.send(Frame(close_code=refusal))
            return
        self._session = self._gateway.open_session(asked, self)

    def _refusal(self, asked: Json) -> int | None:
        if asked["token"] != self._gateway.token:
            return AUTHENTICATION_FAILED
        wanted = asked["intents"] & PRIVILEGED
        return DISALLOWED_INTENTS if wanted & ~self._gateway.privileged_intents else None

    def _resume(self, asked: Json) -> None:
        self._gateway.resumed.append(asked)
        if asked["token"] != self._gateway.token:
            self.send(Frame(close_code=AUTHENTICATION_FAILED))
            return
        self._session = self._gateway.resume(asked, self)
        if self._session is None:
            self._tell(Op.INVALID_SESSION, False)

    def _tell(self, op: Op, data: Any) -> None:
        self.send(Frame(text=json.dumps({"op": op, "d": data, "s": None, "t": None})))

    def _leave(self) -> None:
        """Keep the session for a resume, unless the client said goodbye."""
        code = int(self._closed_with or self._socket.close_code or ABNORMAL)
        self._gateway.close_codes.append(code)
        self._gateway.connections.remove(self)
        session = self._session
        if session is not None and session.connection is self:
            session.connection = None
            if code in ENDING_CODES:
                self._gateway.sessions.pop(session.id, None)
        if self._gateway.ready:
            self._gateway.changes.touch()
        else:
            self._gateway.changes.publish(Event(type="offline", body={}))
