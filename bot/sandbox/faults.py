"""How each fault looks on the wire, as Hugging Face and its proxies were seen to answer in 2026.

Used by hub_server.py, both for the faults that tests inject by name and for its own refusals.
"""

import json
from dataclasses import dataclass, field

_DEPLETED = (
    "You have depleted your monthly included credits. Purchase pre-paid credits to continue using "
    "Inference Providers. Alternatively, subscribe to PRO to get 20x more included usage."
)
_NO_PERMISSION = (
    "This authentication method does not have sufficient permissions to call Inference Providers "
    "on behalf of user demo"
)
_GATED = (
    "Access to model this-model is restricted. You must have access to it and be authenticated "
    "to access it. Please log in."
)
_MISSING_INPUTS = (
    "Failed to deserialize the JSON body into the target type: missing field `inputs` "
    "at line 1 column 2"
)


def _page(status: int, title: str) -> str:
    head = f"<!DOCTYPE html><html><head><title>{status} {title}</title></head>"
    return f"{head}<body><center><h1>{status} {title}</h1></center><hr>nginx</body></html>"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A whole answer, ready to be sent."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict[str, str])


def error(status: int, message: object, **headers: str) -> Answer:
    """The usual form: `message` under the key "error"; `X_Name` becomes the header X-Name."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, body=json.dumps({"error": message}).encode(), headers=names)


def as_json(body: object) -> Answer:
    """A good answer in JSON."""
    return Answer(status=200, body=json.dumps(body).encode())


def text(status: int, message: str, content_type: str = "text/plain") -> Answer:
    """A plain text, or a page."""
    return Answer(status=status, body=message.encode(), content_type=content_type)


def html(status: int, title: str) -> Answer:
    """What a proxy says when the service behind it does not."""
    return text(status, _page(status, title), "text/html")


def unauthorized() -> Answer:
    """A token that is missing, wrong or revoked."""
    message = "Invalid username or password."
    return error(401, message, X_Error_Message=message)


def not_permitted(account: str = "demo") -> Answer:
    """A token that lacks the permission for Inference Providers."""
    return error(403, _NO_PERMISSION.replace("user demo", f"user {account}"))


def gated(model: str) -> Answer:
    """A model whose licence was not accepted."""
    message = _GATED.replace("this-model", model)
    return error(403, message, X_Error_Code="GatedRepo", X_Error_Message=message)


def missing(model: str) -> Answer:
    """A model that does not exist."""
    return error(404, f"Model {model} does not exist")


def not_supported() -> Answer:
    """A model that hf-inference does not serve."""
    return error(400, "Model not supported by provider hf-inference")


def retired() -> Answer:
    """A model that hf-inference no longer serves."""
    message = "The requested model is deprecated and no longer supported by provider hf-inference"
    return error(410, message)


def depleted() -> Answer:
    """No credit left, for now or for good."""
    return error(402, _DEPLETED)


def missing_inputs() -> Answer:
    """A body without a prompt."""
    return text(422, _MISSING_INPUTS)


def slow_down(wait: int, *, bucket: str = "api", quota: int = 1000, window: int = 300) -> Answer:
    """Too many calls; room again in `wait` seconds."""
    message = (
        f"We had to rate limit you, you hit the quota of {quota} {bucket} requests per "
        f"{window} seconds period. Upgrade to a PRO user to get higher limits."
    )
    return error(
        429,
        message,
        RateLimit=f'"{bucket}";r=0;t={wait}',
        RateLimit_Policy=f'"fixed window";"{bucket}";q={quota};w={window}',
        Retry_After=str(wait),
    )


def slow_down_plainly(wait: int) -> Answer:
    """Too many calls, without a word about the quota."""
    return error(429, "Too many requests.", Retry_After=str(wait))


def loading(model: str, seconds: float) -> Answer:
    """A model that is still being started."""
    body = {"error": f"Model {model} is currently loading", "estimated_time": seconds}
    return Answer(status=503, body=json.dumps(body).encode())


# Faults that are a mere answer; the wait of 429 and 503_loading comes from the fault itself.
ANSWERS: dict[str, Answer] = {
    "400_list": error(400, ["Error in `parameters.num_inference_steps`: value is too large"]),
    "400_object": error(400, {"message": "The prompt is too long.", "code": "invalid_request"}),
    "401": unauthorized(),
    "402": depleted(),
    "403": not_permitted(),
    "404": missing("this-model"),
    "410": retired(),
    "422_text": missing_inputs(),
    "429_bare": error(429, "Too many requests."),
    "500": error(500, "Internal Error - We're working hard to fix this as soon as possible!"),
    "502_html": html(502, "Bad Gateway"),
    "503_text": text(503, "Service Temporarily Unavailable"),
    "504_html": html(504, "Gateway Time-out"),
    "empty_200": Answer(status=200, body=b"", content_type="image/png"),
    "html_200": html(200, "Maintenance"),
    "json_200": error(200, "Rate limit reached. Please try again later."),
    "not_supported": not_supported(),
    "gated": gated("this-model"),
}
WAITS = {"429": 20.0, "429_retry_after": 20.0, "503_loading": 20.0}
BROKEN = {"hang", "reset"}  # no answer at all, and nothing was done
# The picture was made.
DONE_BADLY = {"reset_after_work", "truncated", "drip", "huge", "large", "bomb", "wrong_type"}
NAMES = frozenset(ANSWERS) | WAITS.keys() | BROKEN | DONE_BADLY
