"""The routes of the sandbox page under `/client/`: one person's view, live events and actions."""

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

from bot.sandbox.changes import Event
from bot.sandbox.command_forms import ClientRefusedError, is_offered
from bot.sandbox.discord_answers import answer
from bot.sandbox.discord_client import People
from bot.sandbox.discord_payloads import channel_json, user_json
from bot.sandbox.json_shapes import Json
from bot.sandbox.permissions import Permission
from bot.sandbox.world import Channel, User

Action = Callable[[Json], Awaitable[Json]]

PAGE = Path(__file__).parent / "page"


class PageRoutes:
    def __init__(self, people: People) -> None:
        self._people = people
        self._world = people.world
        self._realm = people.realm

    def register(self, app: web.Application) -> None:
        app.router.add_get("/client/state", self.state)
        app.router.add_get("/client/events", self.events)
        for name, handler in (
            ("command", self.command),
            ("menu", self.menu),
            ("component", self.component),
            ("modal", self.modal),
            ("autocomplete", self.autocomplete),
        ):
            app.router.add_post(f"/client/{name}", posted(handler))
        app.router.add_get("/attachments/{channel}/{attachment}/{filename}", self.attachment)
        if PAGE.is_dir():
            app.router.add_get("/", self.index)
            app.router.add_static("/", PAGE)
            app.on_response_prepare.append(_always_asked_for)

    async def index(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html")

    async def attachment(self, request: web.Request) -> web.Response:
        number = request.match_info["attachment"]
        stored = self._realm.messages.attachments.get(int(number)) if number.isdecimal() else None
        if stored is None:
            raise web.HTTPNotFound
        # A file is never a page of ours, whatever it says it is.
        headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=stored.data, content_type=stored.content_type, headers=headers)

    async def state(self, request: web.Request) -> web.Response:
        user, channel = self._place(dict(request.query))
        messages = self._people.messages(channel, user)
        return answer(
            {
                "me": user_json(user),
                "users": [user_json(u) for u in self._people_here()],
                "bot": user_json(self._world.bot),
                "guilds": [
                    {"id": str(guild.id), "name": guild.name}
                    for guild in self._world.guilds.values()
                    if user.id in guild.members
                ],
                "roles": self._roles(),
                "channel": str(channel.id),
                "channels": [channel_json(c) | {"name": c.name} for c in self._channels_of(user)],
                "commands": self._commands(user, channel),
                "messages": [self._realm.messages.json(message) for message in messages],
                "ready": self._realm.gateway.ready,
                "process": self._process(),
                "pace": self._world.pace.shown(),
            }
            | self._realm.page_state
        )

    async def events(self, request: web.Request) -> web.StreamResponse:
        user, channel = self._place(dict(request.query))
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        with self._realm.changes.listen() as queue:
            if self._realm.gateway.ready:
                queue.put_nowait(Event(type="ready", body={}))
            while (event := await queue.get()) is not None:
                if not _concerns(event, user, channel):
                    continue
                line = json.dumps({"type": event.type} | event.body)
                try:
                    await response.write(f"data: {line}\n\n".encode())
                except ConnectionError:
                    break
        return response

    async def command(self, body: Json) -> Json:
        user, channel = self._place(body)
        options = _given(body.get("options"))
        sent = self._people.send_command(user, channel, body["name"], options, raw=False)
        return {"interaction": str(sent.id)}

    async def menu(self, body: Json) -> Json:
        """A command of "Apps", picked on a message or on a person."""
        user, channel = self._place(body)
        if "message" in body:
            target = self._world.messages.get(int(body["message"]))
        else:
            target = self._world.users.get(int(body["person"]))
        if target is None:
            raise web.HTTPNotFound
        sent = await self._people.run_menu(user, channel, body["name"], target)
        return {"interaction": str(sent.id)}

    async def component(self, body: Json) -> Json:
        user, _ = self._place(body)
        message = self._world.messages.get(int(body["message"]))
        if message is None:
            raise web.HTTPNotFound
        values: list[str] | None = body.get("values")
        sent = await self._people.press(user, message, body["custom_id"], values=values)
        return {"interaction": str(sent.id)}

    async def modal(self, body: Json) -> Json:
        user, _ = self._place(body)
        opened_by = self._realm.interactions.get(int(body["modal"]))
        if opened_by is None or opened_by.user is not user:
            raise web.HTTPNotFound
        sent = await self._people.submit_modal(opened_by, body.get("values"))
        return {"interaction": str(sent.id)}

    async def autocomplete(self, body: Json) -> Json:
        user, channel = self._place(body)
        option = body["option"]
        others = {k: v for k, v in _given(body.get("options")).items() if k != option}
        try:
            choices = await self._people.autocomplete(
                user, channel, body["name"], option, body["value"], **others
            )
        except TimeoutError:
            choices = list[Json]()
        return {"choices": choices}

    def _place(self, asked: Json) -> tuple[User, Channel]:
        """Who looks and where; without a name the first person in their first channel."""
        people = self._people_here()
        if not people:
            raise web.HTTPNotFound
        first = self._world.first_viewer
        wanted_ids = (str(asked.get("user")), "" if first is None else str(first.id))
        by_id = {str(user.id): user for user in people}
        user = next((by_id[i] for i in wanted_ids if i in by_id), people[0])
        channels = self._channels_of(user)
        wanted = str(asked.get("channel") or channels[0].id)
        channel = next((c for c in channels if str(c.id) == wanted), None)
        if channel is None:
            raise web.HTTPNotFound
        return user, channel

    def _people_here(self) -> list[User]:
        return [user for user in self._world.users.values() if self._channels_of(user)]

    def _channels_of(self, user: User) -> list[Channel]:
        """Where a person can look: their servers' channels, then the DM with the bot."""
        if user.bot or not any(user.id in g.members for g in self._world.guilds.values()):
            return []
        shared = [c for guild in self._world.guilds.values() for c in guild.channels.values()]
        seen = [c for c in shared if Permission.VIEW_CHANNEL in self._world.permissions(user, c)]
        return [*seen, self._world.dm(user)]

    def _commands(self, user: User, channel: Channel) -> list[Json]:
        offered = self._world.commands_for(channel.guild)
        return [c for c in offered if is_offered(self._world, c, user, channel)]

    def _process(self) -> Json | None:
        """How the bot's process is; None without a launcher, and then there is no drawer."""
        controls = self._realm.controls
        return None if controls is None else controls.bot_state()

    def _roles(self) -> list[Json]:
        return [
            {"id": str(role.id), "name": role.name, "guild_id": str(guild.id)}
            for guild in self._world.guilds.values()
            for role in guild.roles.values()
        ]


async def _always_asked_for(_request: web.Request, response: web.StreamResponse) -> None:
    """Browsers may keep the page's files, but ask each time whether they are still the same."""
    if isinstance(response, web.FileResponse):
        response.headers["Cache-Control"] = "no-cache"


def _concerns(event: Event, user: User, channel: Channel) -> bool:
    if event.person_id not in (None, user.id):
        return False
    return event.channel_id in (None, channel.id)


def _given(options: Json | None) -> Json:
    """An option left empty in the page's form was not given."""
    return {name: value for name, value in (options or {}).items() if value not in (None, "")}


def posted(act: Action) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A route that only takes JSON said to be JSON, which no other web site can send here."""

    async def serve(request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        try:
            body = await request.json()
            return answer(await act(dict(body)))
        except ClientRefusedError as refusal:
            return answer({"text": str(refusal)}, HTTPStatus.BAD_REQUEST)
        except (KeyError, TypeError, ValueError):
            return answer({"text": "The page sent something odd"}, HTTPStatus.BAD_REQUEST)

    return serve
