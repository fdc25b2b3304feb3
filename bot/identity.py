"""Whose token this is, which lane and which route belong to it: read from the settings once.

Called by app.py.
"""

from urllib.parse import urlsplit

import httpx
import structlog

from bot.config import Settings
from bot.core.accounts import Account
from bot.core.errors import Failed
from bot.core.windows import PRESETS
from bot.hub.account import HubAccounts
from bot.hub.inference import Route
from bot.ledger.database import Database
from bot.ledger.lanes import find_lane, fingerprint_of

log = structlog.stdlib.get_logger(__name__)


async def ask_account(client: httpx.AsyncClient, settings: Settings) -> Account | None:
    """The account behind the token; None when there is no token or nobody says."""
    token = secret(settings)
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


async def lane_of(database: Database, settings: Settings, account: Account | None) -> int:
    """The lane of the token's account; a backend without a token has a lane of its own."""
    name = backend(settings) if secret(settings) is None else account and account.name
    known_by = fingerprint(settings)
    seed = PRESETS[settings.plan.value]
    return await database.write(
        lambda conn: find_lane(conn, name=name, fingerprint=known_by, seed=seed)
    )


def fingerprint(settings: Settings) -> str:
    """What the ledger knows a token by; never the token."""
    return fingerprint_of(secret(settings) or backend(settings))


def backend(settings: Settings) -> str:
    """The name of the lane of a backend that needs no token."""
    return f"backend {urlsplit(settings.backend_url or '').netloc}"


def secret(settings: Settings) -> str | None:
    """The Hugging Face token."""
    return settings.hf_token.get_secret_value() if settings.hf_token else None


def route(settings: Settings) -> Route:
    """How calls reach Inference Providers, or the backend."""
    return Route(
        router_url=settings.hf_router_url,
        backend_url=settings.backend_url,
        token=secret(settings),
    )
