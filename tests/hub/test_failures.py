"""Refusals in the rarer forms in which they were seen: words, waits and causes."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from bot.core.errors import Cause
from bot.hub.failures import DETAIL_MAX, failure_of, plain

REQUEST = httpx.Request("POST", "https://router.example/x")


def response(status: int, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    return httpx.Response(status, headers=headers, request=REQUEST, **body)


def wait_of(answer: httpx.Response) -> timedelta | None:
    return failure_of(answer, answer.content).retry_after


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "no such scheduler"}, "no such scheduler"),
        ({"error": ["one", "two"]}, "one; two"),
        ({"error": {"message": "too large", "type": "x"}}, "too large"),
        ({"detail": [{"loc": ["body"], "msg": "field required", "type": "x"}]}, "field required"),
        ({"title": "Bad input", "status": 422}, "Bad input"),
        ({"error": "see https://hf.co/pricing now"}, "see … now"),
        ({"error": "token hf_abcDEF123 is odd"}, "token … is odd"),
        ({"error": "<b>no</b>"}, ""),
        ({"error": None}, ""),
        ([], "[]"),
    ],
)
def test_words_for_people(body: object, words: str) -> None:
    answer = response(422, json=body)
    failed = failure_of(answer, answer.content)
    assert (failed.cause, failed.detail) == (Cause.REJECTED, words)


def test_a_detail_is_one_short_line() -> None:
    line = plain("many\nlines\tand " + "words " * 200)
    assert line.startswith("many lines and words")
    assert len(line) <= DETAIL_MAX


def test_the_header_speaks_when_the_body_does_not() -> None:
    answer = response(400, {"X-Error-Message": "Bad revision"}, html="<p>no</p>")
    assert failure_of(answer, answer.content).detail == "Bad revision"


@pytest.mark.parametrize(
    ("status", "headers", "body", "cause"),
    [
        (400, {}, {"error": {"code": "model_not_supported"}}, Cause.NOT_SERVED),
        (401, {"X-Error-Code": "GatedRepo"}, {}, Cause.GATED),
        (403, {}, {"error": "Access to model a/b is restricted."}, Cause.GATED),
        (403, {}, {"error": "delegated rights are missing"}, Cause.TOKEN_REFUSED),
        (302, {"Location": "/x"}, {}, Cause.REJECTED),
        (413, {}, {}, Cause.REJECTED),
        (599, {}, {}, Cause.NO_ANSWER),
        (503, {}, {"error": "Model a/b is currently loading"}, Cause.LOADING),
    ],
)
def test_causes_in_the_words(
    status: int, headers: dict[str, str], body: object, cause: Cause
) -> None:
    answer = response(status, headers, json=body)
    assert failure_of(answer, answer.content).cause is cause


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"RateLimit": '"api";r=0;t=55'}, 56),
        ({"RateLimit": '"api";r=12;t=55', "Retry-After": "9"}, 9),
        ({"RateLimit": '"api";r=12;t=55'}, None),
        ({"RateLimit": "nonsense", "Retry-After": " 30 "}, 30),
        ({"RateLimit": f'"api";r=0;t={"9" * 30}'}, 86400),
        ({"Retry-After": "9" * 30}, 86400),
        ({"Retry-After": "²"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}, 0),
        ({}, None),
    ],
)
def test_the_wait_of_a_429(headers: dict[str, str], wait: float | None) -> None:
    expected = None if wait is None else timedelta(seconds=wait)
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert wait_of(httpx.Response(429, headers=raw, request=REQUEST)) == expected


def test_a_date_to_wait_for() -> None:
    until_at = datetime.now(UTC) + timedelta(seconds=40)
    wait = wait_of(response(429, {"Retry-After": format_datetime(until_at, usegmt=True)}))
    assert wait is not None
    assert timedelta(seconds=35) < wait <= timedelta(seconds=40)


@pytest.mark.parametrize(
    ("estimate", "wait"),
    [("20.5", 20.5), ("-1", 0), ("1e300", 86400), ("NaN", None), ('"soon"', None)],
)
def test_the_wait_of_a_loading_model(estimate: str, wait: float | None) -> None:
    expected = None if wait is None else timedelta(seconds=wait)
    text = f'{{"error": "loading", "estimated_time": {estimate}}}'
    assert wait_of(response(503, text=text)) == expected


def test_a_body_nested_beyond_reason_is_no_trouble() -> None:
    answer = response(500, content=b"[" * 60_000)
    assert failure_of(answer, answer.content).cause is Cause.NO_ANSWER
