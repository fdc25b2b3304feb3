"""The checks behind /admin doctor and `hugops doctor`: looks side by side, none waited for long.

Called by cogs/admin.py, which adds what only Discord knows, and by cli.py.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

import structlog

from bot.core import checkup
from bot.core.checkup import Check, ok, warning, wrong
from bot.core.errors import Failed, HugOpsError, Unavailable
from bot.core.ports import Accounts, Catalogue, Clock, Disk, Logins, Media, Soundness

PATIENCE_SECONDS = 5.0
MEDIA = "Make sure that I may write where HUGOPS_MEDIA_URL points to."

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at the outside: `label` and `remedy` are for when it shows nothing at all."""

    label: str
    remedy: str
    ask: Callable[[], Awaitable[Sequence[Check]]]


@dataclass(frozen=True, kw_only=True)
class Instruments:
    """What the doctor looks through. Ledger and media are opened by the look itself."""

    logins: Logins | None  # None: the bot is connected and knows better
    accounts: Accounts | None  # None: there is no token, and none is needed
    catalogue: Catalogue
    ledger: Callable[[], Soundness]
    media: Callable[[], Media]
    disk: Disk
    clock: Clock


class Doctor:
    """Looks at every part and says how it is. `model` None: pictures come from an own backend."""

    def __init__(
        self, instruments: Instruments, model: str | None, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._with = instruments
        self._model = model
        self._patience = patience

    async def examine(self, *more: Look) -> Sequence[Check]:
        """Every check, `more` first, in the order of the looks."""
        looks = [*more, *self._looks()]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._result(look)) for look in looks]
        return [check for task in tasks for check in task.result()]

    async def _result(self, look: Look) -> Sequence[Check]:
        try:
            async with asyncio.timeout(self._patience):
                return await look.ask()
        except TimeoutError:
            reason = f"no answer within {self._patience:g} s"
        except HugOpsError as error:
            reason = _plain(error)
        except Exception as error:
            log.exception("A look failed", action="doctor", look=look.label)
            reason = f"the look itself failed ({type(error).__name__}); the log has more"
        return [wrong(look.label, reason, look.remedy)]

    def _looks(self) -> list[Look]:
        database = "Make sure that HUGOPS_DATABASE_URL names my ledger and that I may write there."
        line = "Check the connection of the bot's machine, and HF_ENDPOINT."
        discord = "Check the connection of the bot's machine, and DISCORD_API_URL."
        return [
            Look(label="Discord token", remedy=discord, ask=self._login),
            Look(label="Hugging Face token", remedy=line, ask=self._token),
            Look(label="Hugging Face", remedy=line, ask=self._hub),
            Look(label="Calls to Hugging Face", remedy=database, ask=self._calls),
            Look(label="Ledger", remedy=database, ask=self._ledger),
            Look(label="Books", remedy=database, ask=self._books),
            Look(label="Media store", remedy=MEDIA, ask=self._media),
            Look(label="Free space", remedy="Look into my log.", ask=self._space),
        ]

    async def _login(self) -> Sequence[Check]:
        return [checkup.of_login(await self._with.logins.who())] if self._with.logins else []

    async def _token(self) -> Sequence[Check]:
        if self._with.accounts is None:
            return [ok("Hugging Face token", "none, and your own endpoint needs none")]
        try:
            return checkup.of_account(await self._with.accounts.whoami())
        except Failed as failed:
            return [checkup.of_unknown_token(failed)]

    async def _hub(self) -> Sequence[Check]:
        if self._model is None:
            return [ok("Default model", "pictures come from your own endpoint")]
        sighting = await self._with.catalogue.look(self._model)
        found = checkup.of_sighting(sighting, self._with.clock.now())
        return [*found, checkup.of_model(self._model, sighting)]

    async def _calls(self) -> Sequence[Check]:
        ledger = self._with.ledger()
        return [] if ledger.missing() else [checkup.of_trouble(await ledger.trouble())]

    async def _ledger(self) -> Sequence[Check]:
        ledger = self._with.ledger()
        if ledger.missing():
            return [warning("Ledger", "there is none yet", "`hugops run` makes it.")]
        await ledger.prove_writable()
        return [ok("Ledger", "can be written")]

    async def _books(self) -> Sequence[Check]:
        ledger = self._with.ledger()
        return [] if ledger.missing() else [checkup.of_books(await ledger.broken())]

    async def _media(self) -> Sequence[Check]:
        media, name = self._with.media(), f"doctor-{uuid4().hex}"
        await media.save(name, b"doctor")
        came_back = await media.load(name)
        await media.delete(name)
        if came_back != b"doctor":
            lost = "what was written cannot be read back"
            return [wrong("Media store", lost, MEDIA)]
        return [ok("Media store", "can be written")]

    async def _space(self) -> Sequence[Check]:
        return checkup.of_space(await self._with.disk.free())


def _plain(error: HugOpsError) -> str:
    if isinstance(error, Unavailable):
        return error.reason
    if isinstance(error, Failed):
        return checkup.in_words(error.cause)
    return type(error).__name__
