"""Several people who use the bot at once, whatever happens to it. Used by test_crash.py."""

import asyncio
from contextlib import suppress
from random import Random

from bot.sandbox.command_forms import ClientRefusedError
from bot.sandbox.discord_client import People
from bot.sandbox.interactions import Interaction
from bot.sandbox.messages import Message
from bot.sandbox.world import User
from tests.e2e.conftest import Stage
from tests.e2e.scenes import find_key

PAUSE_S = 0.15  # between two things that one person does, on average


class Crowd:
    """People who ask, cancel, reroll and look, at random; `asked` is what they asked for."""

    def __init__(self, stage: Stage, random: Random) -> None:
        self._stage = stage
        self._discord: People = stage.discord
        self._random = random
        self._number = 0
        self.people = stage.world.people
        self.asked: list[Interaction] = []

    async def act(self) -> None:
        """Everybody acts until cancelled."""
        async with asyncio.TaskGroup() as group:
            for person in self.people:
                group.create_task(self._act(person))

    def acknowledged(self) -> set[str]:
        """The jobs whose card a person saw."""
        seen = {self._key_shown(interaction) for interaction in self.asked}
        return {key for key in seen if key is not None}

    async def _act(self, person: User) -> None:
        doings = [self._ask, self._ask, self._cancel, self._reroll, self._look]
        while True:
            await asyncio.sleep(self._random.expovariate(1 / PAUSE_S))
            doing = self._random.choice(doings)
            with suppress(ClientRefusedError):  # the message changed before the press
                await doing(person)

    async def _ask(self, person: User) -> None:
        self._number += 1
        place = self._random.choice([self._stage.world.general, self._stage.world.random])
        private = self._random.random() < 0.2
        prompt = f"picture {self._number} of {person.name}"
        run = self._discord.run_command(person, place, "imagine", prompt=prompt, private=private)
        self.asked.append(await run)

    async def _reroll(self, person: User) -> None:
        message = self._message_with("Reroll", person)
        if message:
            self.asked.append(await self._discord.press(person, message, "Reroll"))

    async def _cancel(self, person: User) -> None:
        message = self._message_with("Cancel", person)
        if message:
            await self._discord.press(person, message, "Cancel")

    async def _look(self, person: User) -> None:
        scope = self._random.choice(["mine", "everyone"])
        place = self._stage.world.general
        await self._discord.run_command(person, place, "jobs queue", scope=scope)

    def _message_with(self, label: str, person: User) -> Message | None:
        places = (self._stage.world.general, self._stage.world.random)
        seen = [m for place in places for m in self._discord.messages(place, person)]
        found = [message for message in seen if message.control(label)]
        return self._random.choice(found) if found else None

    def _key_shown(self, interaction: Interaction) -> str | None:
        """The job on the first answer; a refusal names none."""
        shown = interaction.original
        return find_key(shown) if shown is not None and not shown.loading else None
