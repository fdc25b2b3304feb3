"""The routes that the bot calls with its token, channels and messages aside."""

from aiohttp import web

from bot.sandbox.discord_answers import answer
from bot.sandbox.discord_command_rules import CHAT_INPUT, check_commands
from bot.sandbox.discord_errors import ApiError, Problem
from bot.sandbox.discord_exchange import Call, Exchanges
from bot.sandbox.discord_payloads import (
    application_json,
    channel_json,
    own_user_json,
    user_json,
)
from bot.sandbox.discord_realm import Realm
from bot.sandbox.json_shapes import Json
from bot.sandbox.world import World

_IDENTIFIES_A_DAY = 1000
_DAY_MS = 86_400_000


class RestRoutes:
    def __init__(self, realm: Realm) -> None:
        self._realm = realm
        self._world: World = realm.world

    def register(self, exchanges: Exchanges) -> None:
        commands = "/applications/{application}/commands"
        of_guild = "/applications/{application}/guilds/{guild}/commands"
        for method, path, handler in (
            ("GET", "/users/@me", self.me),
            ("GET", "/users/{user}", self.user),
            ("POST", "/users/@me/channels", self.open_dm),
            ("GET", "/oauth2/applications/@me", self.application),
            ("GET", "/gateway", self.gateway),
            ("GET", "/gateway/bot", self.gateway_bot),
            ("GET", commands, self.commands),
            ("PUT", commands, self.replace_commands),
            ("GET", of_guild, self.commands),
            ("PUT", of_guild, self.replace_commands),
        ):
            exchanges.add(method, path, handler)

    async def me(self, _call: Call) -> web.Response:
        return answer(own_user_json(self._world.bot))

    async def user(self, call: Call) -> web.Response:
        user = self._world.users.get(call.snowflake("user", Problem.UNKNOWN_USER))
        if user is None:
            raise ApiError(Problem.UNKNOWN_USER)
        return answer(user_json(user))

    async def open_dm(self, call: Call) -> web.Response:
        """Opening always works; only writing to a closed one is refused."""
        user = self._world.users.get(int(call.fields["recipient_id"]))
        if user is None:
            raise ApiError(Problem.UNKNOWN_USER)
        return answer(channel_json(self._world.dm(user)))

    async def application(self, _call: Call) -> web.Response:
        return answer(application_json(self._world))

    async def gateway(self, _call: Call) -> web.Response:
        return answer({"url": self._realm.gateway.url})

    async def gateway_bot(self, _call: Call) -> web.Response:
        used = len(self._realm.gateway.identified)
        limit: Json = {
            "total": _IDENTIFIES_A_DAY,
            "remaining": max(0, _IDENTIFIES_A_DAY - used),
            "reset_after": _DAY_MS,
            "max_concurrency": 1,
        }
        url, shards = self._realm.gateway.url, self._realm.gateway.shards
        return answer({"url": url, "shards": shards, "session_start_limit": limit})

    async def commands(self, call: Call) -> web.Response:
        return answer(list(self._world.commands.get(self._scope(call), {}).values()))

    async def replace_commands(self, call: Call) -> web.Response:
        """The whole list at once; a command that keeps type and name keeps its id."""
        scope = self._scope(call)
        before = self._world.commands.get(scope, {})
        sent: list[Json] = call.body.payload or []
        check_commands(sent)
        after: dict[tuple[int, str], Json] = {}
        for command in sent:
            key = (command.get("type", CHAT_INPUT), command["name"])
            after[key] = self._registered(command, before.get(key), scope)
        self._world.commands[scope] = after
        self._realm.changes.touch()
        return answer(list(after.values()))

    def _scope(self, call: Call) -> int | None:
        if call.text("application") != str(self._world.application_id):
            raise ApiError(Problem.UNKNOWN_APPLICATION)
        if "guild" not in call.request.match_info:
            return None
        guild_id = call.snowflake("guild", Problem.UNKNOWN_GUILD)
        if guild_id not in self._world.guilds:
            raise ApiError(Problem.UNKNOWN_GUILD)
        return guild_id

    def _registered(self, sent: Json, before: Json | None, scope: int | None) -> Json:
        permissions = sent.get("default_member_permissions")
        body: Json = {"type": CHAT_INPUT, "description": "", "nsfw": False} | sent
        body |= {
            "application_id": str(self._world.application_id),
            "default_member_permissions": None if permissions is None else str(permissions),
        }
        body = {k: v for k, v in body.items() if v is not None or k in _NULLABLE}
        if scope is not None:
            body["guild_id"] = str(scope)
        return body | self._identity(body, before)

    def _identity(self, body: Json, before: Json | None) -> Json:
        """The version rises only when something changed."""
        if before is None:
            number = str(self._world.mint.snowflake())
            return {"id": number, "version": number}
        known = {key: value for key, value in before.items() if key not in ("id", "version")}
        same = known == body
        version = before["version"] if same else str(self._world.mint.snowflake())
        return {"id": before["id"], "version": version}


_NULLABLE = ("default_member_permissions", "contexts")
