"""Everything the stand-in's parts share while a server runs: world, wires and open interactions."""

import asyncio
import time
from pathlib import Path

from bot.sandbox.changes import Changes, Event
from bot.sandbox.controls import Controls
from bot.sandbox.discord_bodies import FILE_LIMIT
from bot.sandbox.discord_gateway import Gateway
from bot.sandbox.discord_interaction_payloads import interaction_json
from bot.sandbox.discord_messages import Messages
from bot.sandbox.discord_traffic import Faults, Traffic
from bot.sandbox.interactions import Interaction, InteractionKind
from bot.sandbox.json_shapes import Json
from bot.sandbox.snowflakes import created_at
from bot.sandbox.world import World

ACKNOWLEDGE_WITHIN_S = 3.0
TOKEN_LIFETIME_S = 15 * 60.0
# What Discord says under a command, and under a button, menu or form, that nobody answers.
NO_ANSWER = "The application did not respond"
NO_EFFECT = "This interaction failed"


class Realm:
    def __init__(self, world: World, token: str, record: Path | None = None) -> None:
        self.world = world
        self.token = token
        self.changes = Changes()
        self.gateway = Gateway(world, self.changes, token)
        self.messages = Messages(world, self.changes, self.gateway)
        self.traffic = Traffic(record)
        self.faults = Faults()
        self.interactions: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self.acknowledge_within_s = ACKNOWLEDGE_WITHIN_S
        self.token_lifetime_s = TOKEN_LIFETIME_S
        self.file_limit = FILE_LIMIT
        # What the launcher wants the page to know besides, as whether Hugging Face is the real one.
        self.page_state: Json = {}
        self.controls: Controls | None = None  # set by the launcher, absent in tests

    def by_token(self, token: str) -> Interaction | None:
        return self._by_token.get(token)

    def is_expired(self, interaction: Interaction) -> bool:
        age = self.world.pace.now() - created_at(interaction.id)
        return interaction.expired or age.total_seconds() > self.token_lifetime_s

    def deliver(self, interaction: Interaction) -> None:
        """Send the interaction to the bot and start the clock of the first answer."""
        self.interactions[interaction.id] = interaction
        self._by_token[interaction.token] = interaction
        interaction.payload = interaction_json(interaction, self.world, self.file_limit)
        self.redeliver(interaction)
        asyncio.get_running_loop().call_later(self.acknowledge_within_s, self._give_up, interaction)

    def redeliver(self, interaction: Interaction) -> None:
        """The same event once more, as Discord's gateway may do."""

        def stamp() -> None:
            if interaction.sent_s is None:
                interaction.sent_s = time.monotonic()

        guild = interaction.channel.guild
        self.gateway.dispatch(
            "INTERACTION_CREATE",
            interaction.payload,
            guild_id=None if guild is None else guild.id,
            before_sending=stamp,
        )

    def _give_up(self, interaction: Interaction) -> None:
        if interaction.response is not None:
            return
        interaction.failed = True
        if interaction.kind is InteractionKind.AUTOCOMPLETE:
            self.changes.touch()
            return
        typed = interaction.kind is InteractionKind.COMMAND
        self.changes.publish(
            Event(
                type="interaction_failed",
                body={"text": NO_ANSWER if typed else NO_EFFECT},
                channel_id=interaction.channel.id,
                person_id=interaction.user.id,
            )
        )
