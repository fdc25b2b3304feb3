"""What the cards of jobs need besides the queue, put together for app.py."""

from dataclasses import dataclass
from datetime import timedelta

from bot.config import Settings
from bot.core.card_ports import Shrinker
from bot.hub.shrinking import PillowShrinker
from bot.ledger.database import Database
from bot.ledger.desk import Desk
from bot.ledger.history import SqlHistory
from bot.ledger.queue import SqlQueue
from bot.ledger.shares import SqlShares
from bot.services.history import Looking
from bot.services.permissions import Permissions
from bot.services.sharing import Sharing
from bot.services.watching import Watching


@dataclass(frozen=True, kw_only=True)
class CardParts:
    """What the cards of jobs need besides; originals are kept for `media_kept`."""

    looking: Looking
    watching: Watching
    sharing: Sharing
    shrinker: Shrinker
    media_kept: timedelta


def card_parts(
    settings: Settings,
    database: Database,
    desk: Desk,
    queue: SqlQueue,
    permissions: Permissions,
    watching: Watching,
) -> CardParts:
    """All of them, on the ledger of this process."""
    return CardParts(
        looking=Looking(SqlHistory(database, desk), queue, permissions),
        watching=watching,
        sharing=Sharing(SqlShares(database), queue, permissions),
        shrinker=PillowShrinker(),
        media_kept=timedelta(days=settings.media_days),
    )
