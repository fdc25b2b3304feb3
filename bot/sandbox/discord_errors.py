"""Discord's error answers by their documented code; raised by the routes of the stand-in."""

from enum import Enum
from http import HTTPStatus

from aiohttp import web

from bot.sandbox.discord_answers import answer
from bot.sandbox.json_shapes import Json


class Problem(Enum):
    """HTTP status, JSON code and words."""

    UNAUTHORIZED = (401, 0, "401: Unauthorized")
    NOT_FOUND = (404, 0, "404: Not Found")
    METHOD_NOT_ALLOWED = (405, 0, "405: Method Not Allowed")
    UNKNOWN_APPLICATION = (404, 10002, "Unknown Application")
    UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
    UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
    UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
    UNKNOWN_USER = (404, 10013, "Unknown User")
    UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
    UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
    TOO_MANY_FILES = (400, 30015, "Maximum number of attachments in a message reached (10)")
    TOO_LARGE = (413, 40005, "Request entity too large")
    ALREADY_ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
    MISSING_ACCESS = (403, 50001, "Missing Access")
    OTHERS_MESSAGE = (403, 50005, "Cannot edit a message authored by another user")
    EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
    DM_CLOSED = (403, 50007, "Cannot send messages to this user")
    MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
    INVALID_TOKEN = (401, 50027, "Invalid Webhook Token")
    INVALID_FORM = (400, 50035, "Invalid Form Body")
    INVALID_JSON = (400, 50109, "The request body contains invalid JSON.")
    NO_HISTORY = (403, 160002, "Cannot reply without permission to read message history")


class ApiError(Exception):
    def __init__(self, problem: Problem, errors: Json | None = None) -> None:
        self.status, self.code, self.message = problem.value
        self.errors = errors
        super().__init__(f"{self.status} {self.code} {self.message}")

    def response(self) -> web.Response:
        body: Json = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return answer(body, status=HTTPStatus(self.status))


def invalid_form(path: str, words: str) -> ApiError:
    """An invalid body; `path` names the place, as in `data/embeds/0/title`."""
    errors: Json = {"_errors": [{"code": Problem.INVALID_FORM.value[1], "message": words}]}
    for key in reversed(path.split("/")):
        errors = {key: errors}
    return ApiError(Problem.INVALID_FORM, errors)
