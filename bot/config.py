"""Settings: every value that a person may set, read once from the environment and `.env`.

Called by the command line, which passes the values down; nothing else reads the environment.
A bad value becomes a `SettingsError` whose sentences name the setting and say what it must be.
No sentence repeats a value, because a token may have been pasted into the wrong line.
"""

import difflib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import config_values

ENV_FILE = Path(".env")
GET_DISCORD = (
    "copy the token from the Bot page of your application at "
    "https://discord.com/developers/applications into .env"
)
GET_HF = (
    "create one that may make calls to Inference Providers at "
    "https://huggingface.co/settings/tokens and put it into .env"
)


class SettingsError(Exception):
    """One or several readable sentences about settings, fit for a terminal; never holds a value."""


class Plan(StrEnum):
    """The preset of upstream windows that seeds an empty ledger."""

    FREE = "free"
    PRO = "pro"
    UNLIMITED = "unlimited"


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """Who reads the log: people, or machines."""

    CONSOLE = "console"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class UnknownSetting:
    """A `HUGOPS_…` line of `.env` that no setting answers to, and the nearest known name."""

    name: str
    nearest: str | None

    def __str__(self) -> str:
        hint = f" Did you mean {self.nearest}?" if self.nearest else ""
        return f"{self.name} in .env is not a setting and has no effect.{hint}"


def _parsed(parse: Callable[[str], object]) -> BeforeValidator:
    def validate(value: Any) -> object:
        return parse(value.strip()) if isinstance(value, str) else value

    return BeforeValidator(validate)


Url = Annotated[str, _parsed(config_values.address)]
Ids = Annotated[tuple[int, ...], NoDecode, _parsed(config_values.numbers)]
Days = Annotated[int, _parsed(config_values.whole(1, 36_500))]
Seconds = Annotated[float, _parsed(config_values.seconds)]


class Settings(BaseSettings):
    """Every setting with its default: ids are Discord's, sizes bytes, times seconds or days."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        case_sensitive=True,
        env_ignore_empty=True,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        hide_input_in_errors=True,
        validate_default=False,
    )

    discord_token: SecretStr | None = Field(default=None, validation_alias="DISCORD_TOKEN")
    discord_api_url: Annotated[str, _parsed(config_values.discord_address)] = Field(
        default="https://discord.com/api/v10", validation_alias="DISCORD_API_URL"
    )
    hf_token: SecretStr | None = Field(default=None, validation_alias="HF_TOKEN")
    hf_endpoint: Url = Field(default="https://huggingface.co", validation_alias="HF_ENDPOINT")
    hf_router_url: Url = Field(
        default="https://router.huggingface.co", validation_alias="HF_ROUTER_URL"
    )
    hf_endpoints_url: Url = Field(
        default="https://api.endpoints.huggingface.cloud/v2", validation_alias="HF_ENDPOINTS_URL"
    )
    hf_status_url: Url = Field(
        default="https://status.huggingface.co", validation_alias="HF_STATUS_URL"
    )
    backend_url: Url | None = Field(default=None, validation_alias="HUGOPS_BACKEND_URL")
    image_model: Annotated[str, _parsed(config_values.model)] = Field(
        default="stabilityai/stable-diffusion-3-medium-diffusers",
        validation_alias="HUGOPS_IMAGE_MODEL",
    )
    database_url: Annotated[str, _parsed(config_values.database)] = Field(
        default="sqlite+aiosqlite:///data/hugops.db", validation_alias="HUGOPS_DATABASE_URL"
    )
    media_url: Annotated[str, _parsed(config_values.filled)] = Field(
        default="data/media", validation_alias="HUGOPS_MEDIA_URL"
    )
    plan: Annotated[Plan, _parsed(config_values.one_of(Plan))] = Field(
        default=Plan.FREE, validation_alias="HUGOPS_PLAN"
    )
    owner_ids: Ids = Field(default=(), validation_alias="HUGOPS_OWNER_IDS")
    guilds: Ids = Field(default=(), validation_alias="HUGOPS_GUILDS")
    media_days: Days = Field(default=30, validation_alias="HUGOPS_MEDIA_DAYS")
    media_bytes: Annotated[int, _parsed(config_values.size)] = Field(
        default=2 * 10**9, validation_alias="HUGOPS_MEDIA_BYTES"
    )
    prompt_days: Days = Field(default=90, validation_alias="HUGOPS_PROMPT_DAYS")
    lease_seconds: Seconds = Field(default=60.0, validation_alias="HUGOPS_LEASE_SECONDS")
    shutdown_seconds: Seconds = Field(default=8.0, validation_alias="HUGOPS_SHUTDOWN_SECONDS")
    upstream_timeout: Seconds = Field(default=120.0, validation_alias="HUGOPS_UPSTREAM_TIMEOUT")
    sync_guilds: Ids = Field(default=(), validation_alias="HUGOPS_SYNC_GUILDS")
    http_host: Annotated[str, _parsed(config_values.filled)] = Field(
        default="127.0.0.1", validation_alias="HUGOPS_HTTP_HOST"
    )
    http_port: Annotated[int, _parsed(config_values.whole(0, 65_535))] = Field(
        default=8081, validation_alias="HUGOPS_HTTP_PORT"
    )
    shard_ids: Ids = Field(default=(), validation_alias="HUGOPS_SHARD_IDS")
    shard_count: Annotated[int | None, _parsed(config_values.whole(1, 100_000))] = Field(
        default=None, validation_alias="HUGOPS_SHARD_COUNT"
    )
    log_level: Annotated[LogLevel, _parsed(config_values.one_of(LogLevel))] = Field(
        default=LogLevel.INFO, validation_alias="HUGOPS_LOG_LEVEL"
    )
    log_format: Annotated[LogFormat, _parsed(config_values.one_of(LogFormat))] = Field(
        default=LogFormat.CONSOLE, validation_alias="HUGOPS_LOG_FORMAT"
    )
    _unknown: tuple[UnknownSetting, ...] = PrivateAttr(())

    @classmethod
    def load(cls) -> Self:
        """Read the environment, and `.env` of the working folder for what it lacks.

        Needs no token, so that the ledger commands work without one; see `require_for_run`.
        Raises SettingsError with one sentence for each setting that is wrong.
        """
        try:
            settings = cls()
            settings._unknown = _find_unknown()
        except ValidationError as error:
            raise SettingsError("\n".join(map(_sentence, error.errors()))) from None
        except (OSError, UnicodeError) as error:
            raise SettingsError(
                f"{ENV_FILE} cannot be read ({type(error).__name__}): it must be a UTF-8 text file."
            ) from None
        problem = settings._shard_problem()
        if problem:
            raise SettingsError(problem)
        return settings

    @property
    def unknown(self) -> tuple[UnknownSetting, ...]:
        """Lines of `.env` to warn about: they look like settings and are none."""
        return self._unknown

    def require_for_run(self) -> None:
        """Check what `hugops run` needs beyond well-formed values; raises SettingsError."""
        problems = [_discord_token_problem(self.discord_token)]
        if self.hf_token is not None or self.backend_url is None:
            problems.append(_hf_token_problem(self.hf_token))
        found = [problem for problem in problems if problem]
        if found:
            raise SettingsError("\n".join(found))

    def _shard_problem(self) -> str | None:
        if self.shard_ids and self.shard_count is None:
            return "HUGOPS_SHARD_IDS needs HUGOPS_SHARD_COUNT, the number of shards in all."
        if self.shard_count is not None and any(i >= self.shard_count for i in self.shard_ids):
            return "HUGOPS_SHARD_IDS must be numbers from 0 to one below HUGOPS_SHARD_COUNT."
        return None


def setting_names() -> tuple[str, ...]:
    """The names of all settings as the environment spells them."""
    return tuple(str(field.validation_alias) for field in Settings.model_fields.values())


def sandbox_environment(*, real_hf: bool) -> dict[str, str]:
    """This process's environment without our settings, so that none of them leaks into a sandbox.

    With `real_hf` the Hugging Face token stays in. Raises SettingsError when that is missing.
    """
    names = setting_names()
    environment = {name: value for name, value in os.environ.items() if name not in names}
    if real_hf:
        token = Settings.load().hf_token
        problem = _hf_token_problem(token)
        if problem:
            raise SettingsError(problem)
        environment["HF_TOKEN"] = token.get_secret_value() if token else ""
    return environment


def _sentence(error: ErrorDetails) -> str:
    cause = error.get("ctx", {}).get("error")
    reason = cause if isinstance(cause, config_values.BadValueError) else "is not valid"
    return f"{error['loc'][0]} {reason}."


def _find_unknown() -> tuple[UnknownSetting, ...]:
    known = setting_names()
    names = [n for n in dotenv_values(ENV_FILE) if n.startswith("HUGOPS_") and n not in known]
    return tuple(
        UnknownSetting(
            name=n, nearest=next(iter(difflib.get_close_matches(n, known, 1, cutoff=0.8)), None)
        )
        for n in names
    )


def _discord_token_problem(token: SecretStr | None) -> str | None:
    if token is None:
        return f"DISCORD_TOKEN is missing: {GET_DISCORD}."
    text = token.get_secret_value()
    if not text.strip():
        return f"DISCORD_TOKEN is blank: {GET_DISCORD}."
    if re.search(r"\s", text):
        return f"DISCORD_TOKEN has white space in it: {GET_DISCORD}, and nothing else."
    if not re.fullmatch(r"[^.]+\.[^.]+\.[^.]+", text):
        return f"DISCORD_TOKEN is not three parts joined by dots: {GET_DISCORD}."
    return None


def _hf_token_problem(token: SecretStr | None) -> str | None:
    if token is None:
        return (
            f"HF_TOKEN is missing: {GET_HF}. "
            "(Not needed when HUGOPS_BACKEND_URL names your own endpoint.)"
        )
    text = token.get_secret_value()
    if not text.strip():
        return f"HF_TOKEN is blank: {GET_HF}."
    if re.search(r"\s", text):
        return f"HF_TOKEN has white space in it: {GET_HF}, and nothing else."
    if not text.startswith("hf_") or text == "hf_":
        return f"HF_TOKEN does not start with hf_ as every token does: {GET_HF}."
    return None
