"""Whose token it is, and so whose lane. Asked once at start by app.py; known to maintenance.py."""

from urllib.parse import urlsplit

import httpx
import structlog

from bot.config import Settings
from bot.core.accounts import Account
from bot.core.errors import Failed
from bot.core.windows import PRESETS
from bot.hub.account import HubAccounts
from bot.ledger.database import Database
from bot.ledger.lanes import find_lane as find_row
from bot.ledger.lanes import fingerprint_of

log = structlog.stdlib.get_logger(__name__)


async def ask_account(client: httpx.AsyncClient, settings: Settings) -> Account | None:
    token = secret_of(settings)
    if token is None:
        return None
    try:
        account = await HubAccounts(client, settings.hf_endpoint, token).whoami()
    except Failed as failed:
        log.warning(
            "Hugging Face did not say whose token this is; asking again at the next start",
            action="whoami",
            cause=failed.cause.value,
        )
        return None
    log.info("The Hugging Face token is known", action="whoami", account=account.name)
    if not account.may_infer:
        log.warning(
            "The token lacks 'Make calls to Inference Providers': /imagine will be refused",
            action="whoami",
        )
    return account


async def find_lane(database: Database, settings: Settings, account: Account | None) -> int:
    """The lane of the token's account; a backend without a token has a lane of its own."""
    name = _backend(settings) if secret_of(settings) is None else account and account.name
    mark = fingerprint(settings)
    seed = PRESETS[settings.plan.value]
    return await database.write(lambda conn: find_row(conn, name=name, fingerprint=mark, seed=seed))


def fingerprint(settings: Settings) -> str:
    return fingerprint_of(secret_of(settings) or _backend(settings))


def _backend(settings: Settings) -> str:
    return f"backend {urlsplit(settings.backend_url or '').netloc}"


def secret_of(settings: Settings) -> str | None:
    return settings.hf_token.get_secret_value() if settings.hf_token else None
