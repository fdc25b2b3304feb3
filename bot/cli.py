"""The command line: parse, open, call, exit code. 0 fine, 1 it found something wrong, 2 settings.

The console script `hugops` and `python -m bot` start here.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from bot.clock import SystemClock
from bot.config import GET_DISCORD, Settings, SettingsError
from bot.core.checkup import Check, Verdict, summary, worst
from bot.core.errors import Unavailable
from bot.core.ports import Clock
from bot.log import configure

FOUND_WRONG = 1
BAD_SETTINGS = 2
_SETTING_OF = {
    "ledger": "HUGOPS_DATABASE_URL",
    "media store": "HUGOPS_MEDIA_URL",
    "health port": "HUGOPS_HTTP_PORT",
}

app = typer.Typer(
    name="hugops",
    help="A Discord chat-ops bot for teams that work with Hugging Face.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
ledger = typer.Typer(help="Look after the ledger; runs beside a live bot.", no_args_is_help=True)
app.add_typer(ledger, name="ledger")


@app.callback(invoke_without_command=True)
def root(
    *, show_version: Annotated[bool, typer.Option("--version", help="Say the version.")] = False
) -> None:
    """A Discord chat-ops bot for teams that work with Hugging Face."""
    if show_version:
        typer.echo(f"hugops {version('hugops')}")
        raise typer.Exit


@app.command()
def run() -> None:
    """Connect to Discord and work the queue."""
    run_on(SystemClock())


def run_on(clock: Clock) -> None:
    """`hugops run` on any clock; paced.py has one that is not the machine's."""
    settings = _settings(for_run=True)
    _log_to_terminal(settings)
    from bot.client import ForeignGateway, LoginRefused  # noqa: PLC0415 - imports discord.py: on use
    from bot.runtime import run as run_bot  # noqa: PLC0415 - likewise

    try:
        _do(run_bot(settings, clock))
    except LoginRefused:
        _stop(f"Discord refused DISCORD_TOKEN: {GET_DISCORD}.", BAD_SETTINGS)
    except ForeignGateway as error:
        _stop(f"DISCORD_API_URL cannot be used: {error}.", BAD_SETTINGS)


@app.command()
def doctor() -> None:
    """Check tokens, Hugging Face, ledger, media and disk; beside a running bot as well."""
    settings = _settings(for_run=True)
    configure("error", settings.log_format, secrets=_secrets(settings))
    from bot.maintenance import open_doctor  # noqa: PLC0415 - imports the database: on use

    async def look() -> Sequence[Check]:
        async with open_doctor(settings) as found:
            return await found.examine()

    checks: Sequence[Check] = _do(look())
    for check in checks:
        typer.echo(f"{check.verdict.value:<8} {check.label}: {check.details}")
        if check.remedy:
            typer.echo(f"{'':<8} -> {check.remedy}")
    typer.echo(f"{summary(checks)} What only the running bot can tell: /admin doctor.")
    if worst(checks) is Verdict.WRONG:
        raise typer.Exit(FOUND_WRONG)


@app.command()
def sandbox(
    *,
    real_hf: Annotated[
        bool, typer.Option("--real-hf", help="Use the real Hugging Face; needs HF_TOKEN.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.")] = 0,
    data: Annotated[
        Path | None,
        typer.Option(help="Keep ledger and pictures here, to look at."),
    ] = None,
) -> None:
    """Try everything in a pretend Discord, with the real bot and a pretend Hugging Face."""
    from bot.config import sandbox_environment  # noqa: PLC0415 - beside its only use
    from bot.sandbox.serve import Choices, serve  # noqa: PLC0415 - imports aiohttp: on use

    try:
        environment = sandbox_environment(real_hf=real_hf)
    except SettingsError as error:
        _stop(str(error), BAD_SETTINGS)
    choices = Choices(environment=environment, real_hf=real_hf, port=port, data=data)
    asyncio.run(serve(choices, say=typer.echo))


@ledger.command()
def verify() -> None:
    """Prove that the books balance; names the rows that break them."""
    settings = _settings(for_run=False)
    from bot.maintenance import open_books  # noqa: PLC0415 - imports the database: on use

    async def look() -> list[str]:
        async with open_books(settings) as books:
            return list(await books.verify())

    broken = _do(look())
    for line in broken:
        typer.echo(line)
    if broken:
        raise typer.Exit(FOUND_WRONG)
    typer.echo("The books balance.")


@ledger.command()
def upgrade() -> None:
    """Bring the ledger's schema to this version's; `hugops run` does it by itself."""
    settings = _settings(for_run=False)
    from bot.maintenance import upgrade_ledger  # noqa: PLC0415 - imports the database: on use

    _do(upgrade_ledger(settings))
    typer.echo("The ledger is up to date.")


def main() -> None:
    """The console script."""
    app()


def _settings(*, for_run: bool) -> Settings:
    try:
        settings = Settings.load()
        if for_run:
            settings.require_for_run()
    except SettingsError as error:
        _stop(str(error), BAD_SETTINGS)
    for unknown in settings.unknown:
        typer.echo(str(unknown), err=True)
    return settings


def _log_to_terminal(settings: Settings) -> None:
    configure(settings.log_level, settings.log_format, secrets=_secrets(settings))


def _secrets(settings: Settings) -> list[str]:
    tokens = (settings.discord_token, settings.hf_token)
    return [token.get_secret_value() for token in tokens if token]


def _do(work: Coroutine[Any, Any, Any]) -> Any:
    """Run `work`; what is wrong with the surroundings becomes one sentence."""
    try:
        return asyncio.run(work)
    except Unavailable as error:
        setting = _SETTING_OF[error.what]
        _stop(f"The {error.what} cannot be used: {error.reason}. See {setting}.", BAD_SETTINGS)


def _stop(sentence: str, code: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)
