"""Logging: one setup for our own lines and those of the libraries, with secrets taken out.

Called once by the command line. Everybody else only asks structlog for a logger and writes a short
sentence, an action and ids: `log.info("Job finished.", action="job.finish", job=job_id)`.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, time
from enum import Enum
from typing import cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
LEVELS = logging.getLevelNamesMapping()
# Below these levels the libraries write whole payloads, SQL parameters or a line for each request.
QUIETEST = {
    "discord.http": logging.INFO,
    "discord.webhook.async_": logging.INFO,
    "discord.gateway": logging.INFO,
    # At each start it warns of an intent that a bot without text commands does not need.
    "discord.ext.commands.bot": logging.ERROR,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "PIL": logging.INFO,
}
SECRET_KEYS = frozenset({"authorization", "token", "password", "secret", "api_key", "cookie"})
PATTERNS = (
    # Discord bot tokens: the id in base64, a time, a signature.
    re.compile(r"()[A-Za-z0-9_-]{17,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{20,}"),
    # Hugging Face tokens.
    re.compile(r"()\bhf_[A-Za-z0-9_-]{6,}"),
    # A header, in plain text or inside the repr of a dict or of a list of pairs.
    re.compile(
        r"(authorization['\"]?\s*[:=,]\s*(?:b?['\"])?)(?:(?:bearer|bot|basic)\s+)?[^\s'\",}]+", re.I
    ),
    re.compile(r"(\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}", re.I),
    re.compile(r"(['\"]token['\"]\s*:\s*['\"])[^'\"]+", re.I),
    # Webhook and interaction tokens are part of an address.
    re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/\s?'\"]+", re.I),
)


class Redaction:
    """A structlog processor that takes secrets out of an event: text, arguments, nested values.

    `secrets` are exact values to hide besides what the patterns find.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # The longest first, so that no rest of one is left when another is its beginning.
        found = sorted({s for s in secrets if s.strip()}, key=len, reverse=True)
        self._exact = re.compile("|".join(map(re.escape, found))) if found else None

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        return {key: self._value(value, key) for key, value in event.items()}

    def text(self, text: str) -> str:
        """The text with every secret replaced by a mark."""
        if self._exact:
            text = self._exact.sub(HIDDEN, text)
        for pattern in PATTERNS:
            text = pattern.sub(rf"\g<1>{HIDDEN}", text)
        return text

    def _value(self, value: object, key: str = "") -> object:
        if key.lower() in SECRET_KEYS and value is not None:
            return HIDDEN
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            pairs = cast("Mapping[object, object]", value).items()
            return {self.text(str(k)): self._value(v, str(k)) for k, v in pairs}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._value(item) for item in cast("Iterable[object]", value)]
        return self.text(_as_text(value))


class QuietHandler(logging.StreamHandler):  # pyright: ignore[reportMissingTypeArgument]  # generic only in stubs
    """Writes to standard error; a line that cannot be written is told without its arguments."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging names it so
        # The standard one prints the arguments as they are, and so whatever secret is in them.
        kind = sys.exc_info()[0]
        name = kind.__name__ if kind else "error"
        with suppress(OSError):  # a full disk under the log must not stop the work as well
            sys.stderr.write(f"A log line of {record.name} could not be written ({name}).\n")


def configure(level: str, log_format: str, secrets: Iterable[str] = ()) -> None:
    """Set up structlog and standard logging; the last call wins.

    `level` is debug, info, warning or error; `log_format` is console or json; `secrets` are the
    tokens in use, hidden wherever they appear.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            Redaction(secrets),
            _renderer(log_format),
        ],
    )
    handler = QuietHandler()
    handler.setFormatter(formatter)
    _route_everything_to(handler, LEVELS[level.upper()])


def _route_everything_to(handler: logging.Handler, level: int) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quietest in QUIETEST.items():
        logging.getLogger(name).setLevel(max(level, quietest))


def _renderer(log_format: str) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        timestamp_key="at",
        exception_formatter=structlog.dev.plain_traceback,
    )


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, BaseException):
        return "".join(traceback.format_exception_only(value)).strip()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    return repr(value)
