"""What a refusal of Hugging Face means: status and body to Failed. Called by inference and account.

Bodies come as text, as HTML of a proxy, or as JSON whose `error` is a string, a list or an object.
Only a short plain line of them is ever shown to people.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, cast

import httpx
from huggingface_hub.utils import parse_ratelimit_headers

from bot.core.errors import Cause, Failed, Reach

DETAIL_MAX = 160
LONGEST_WAIT_SECONDS = 86400.0
DEEPEST = 8  # levels of nested lists and objects in which words are looked for
ENDPOINTS_DOMAIN = ".endpoints.huggingface.cloud"
UNAVAILABLE = 503
MAYBE_BILLED = 504  # the gateway gave up waiting, the work behind it perhaps did not

_HIDDEN = re.compile(r"https?://\S+|\bhf_\w+|\bBearer\s+\S+", re.IGNORECASE)
_NOT_SERVED = re.compile(r"not supported by|no provider|not deployed|model_not_supported", re.I)
_GATED = re.compile(r"\bgated\b|access to model", re.IGNORECASE)
_RETIRED = re.compile(r"deprecated|no longer supported", re.IGNORECASE)
_LOADING = re.compile(r"loading|starting|initializ|scal(?:ing|ed)", re.IGNORECASE)


def failure_of(response: httpx.Response, body: bytes) -> Failed:
    """The Failed behind an answer that is not a success."""
    said = _said(body)
    status = response.status_code
    return Failed(
        cause=Cause.LOADING if _waking(response) else _cause(status, said, response.headers),
        reach=Reach.UNKNOWN if status == MAYBE_BILLED else Reach.REJECTED,
        detail=plain(said) or plain(response.headers.get("x-error-message", "")),
        retry_after=retry_after(response.headers, body),
        status=status,
        request_id=request_id(response.headers),
    )


def request_id(headers: httpx.Headers) -> str | None:
    """What Hugging Face calls this request, for the log and the ledger."""
    return headers.get("x-request-id") or headers.get("inference-id")


def plain(said: str) -> str:
    """One short line of what was said, without addresses, tokens or markup."""
    if "<" in said and ">" in said:
        return ""
    storable = said.encode("utf-8", "replace").decode()  # JSON can spell half a surrogate pair
    line = " ".join(_HIDDEN.sub("…", storable).split())
    return line if len(line) <= DETAIL_MAX else line[: DETAIL_MAX - 1] + "…"


def _cause(status: int, said: str, headers: httpx.Headers) -> Cause:
    judge = _BY_STATUS.get(status)
    if judge:
        return judge(said, headers)
    return Cause.NO_ANSWER if status >= httpx.codes.INTERNAL_SERVER_ERROR else Cause.REJECTED


def _waking(response: httpx.Response) -> bool:
    """A dedicated endpoint answers 503, whatever it says, until its first replica is up."""
    waiting = response.status_code == UNAVAILABLE
    return waiting and response.request.url.host.endswith(ENDPOINTS_DOMAIN)


def _bad_request(said: str, _headers: httpx.Headers) -> Cause:
    if _RETIRED.search(said):
        return Cause.MODEL_RETIRED
    return Cause.NOT_SERVED if _NOT_SERVED.search(said) else Cause.REJECTED


def _forbidden(said: str, headers: httpx.Headers) -> Cause:
    gated = headers.get("x-error-code") == "GatedRepo" or _GATED.search(said)
    return Cause.GATED if gated else Cause.TOKEN_REFUSED


def _unauthorized(said: str, headers: httpx.Headers) -> Cause:
    gated = headers.get("x-error-code") == "GatedRepo"
    return Cause.GATED if gated else Cause.TOKEN_INVALID


def _unavailable(said: str, _headers: httpx.Headers) -> Cause:
    return Cause.LOADING if _LOADING.search(said) else Cause.NO_ANSWER


def _always(cause: Cause) -> Callable[[str, httpx.Headers], Cause]:
    return lambda _said, _headers: cause


_BY_STATUS: dict[int, Callable[[str, httpx.Headers], Cause]] = {
    400: _bad_request,
    401: _unauthorized,
    402: _always(Cause.CREDIT_MAYBE),
    403: _forbidden,
    404: _always(Cause.MODEL_MISSING),
    410: _always(Cause.MODEL_RETIRED),
    429: _always(Cause.SLOW_DOWN),
    UNAVAILABLE: _unavailable,
}


def retry_after(headers: httpx.Headers, body: bytes = b"") -> timedelta | None:
    """How long to wait: the RateLimit header, then Retry-After, then the body's estimate."""
    try:
        limit = parse_ratelimit_headers(dict(headers))
    except ValueError:  # more digits than a number may have
        limit = None
    if limit and limit.remaining == 0:
        return _wait(limit.reset_in_seconds + 1)
    asked = headers.get("retry-after")
    if asked:
        return _asked(asked)
    estimate = _parsed(body).get("estimated_time")
    return _wait(estimate) if isinstance(estimate, int | float) else None


def _wait(seconds: float) -> timedelta | None:
    """A wait that a server may sensibly ask for; None for what is no number at all."""
    if seconds != seconds:  # noqa: PLR0124 - only not-a-number; math.isnan fails for huge integers
        return None
    return timedelta(seconds=max(0.0, min(seconds, LONGEST_WAIT_SECONDS)))


def _asked(value: str) -> timedelta | None:
    try:
        if value.strip().isdecimal():
            return _wait(int(value))
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return _wait((at - datetime.now(UTC)).total_seconds())


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else {}


def _said(body: bytes) -> str:
    parsed = _parsed(body)
    for name in ("error", "detail", "title", "message"):
        if name in parsed:
            return _flat(parsed[name], DEEPEST)
    return "" if parsed else body[:2000].decode("utf-8", "replace")


def _flat(value: object, depth: int) -> str:
    """The words in a string, a list or an object, whichever the server felt like sending."""
    if isinstance(value, str):
        return value
    if depth == 0:
        return ""
    if isinstance(value, list):
        return "; ".join(_flat(item, depth - 1) for item in cast("list[object]", value))
    if isinstance(value, dict):
        known = cast("dict[str, object]", value)
        said = next((known[name] for name in ("message", "msg", "code") if name in known), "")
        return _flat(said, depth - 1)
    return ""
