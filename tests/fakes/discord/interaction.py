"""One use of a command, button, menu or form, and what came of it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.fakes.discord.messages import EPHEMERAL, Message
from tests.fakes.discord.people import User
from tests.fakes.discord.places import Channel
from tests.fakes.faults import Json

COMMAND, COMPONENT, COMPLETION, FORM = 2, 3, 4, 5
SAYS, THINKS, WILL_EDIT, EDITS, COMPLETES, OPENS_FORM = 4, 5, 6, 7, 8, 9
ACKNOWLEDGED_BY = {
    COMMAND: {SAYS, THINKS, OPENS_FORM},
    COMPONENT: {SAYS, THINKS, WILL_EDIT, EDITS, OPENS_FORM},
    COMPLETION: {COMPLETES},
    FORM: {SAYS, THINKS, WILL_EDIT, EDITS},
}
TOKEN_LIVES = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Choice:
    """One completion that was offered."""

    name: str
    value: str | float


class NotAnswered(TimeoutError):  # noqa: N818 - what the user is told
    """The application did not respond."""


@dataclass(eq=False, kw_only=True, slots=True)
class Interaction:
    """Times are seconds since it began."""

    id: int
    token: str
    kind: int
    what: str  # "/heatmap market:BTC", "[7 d]"
    user: User
    channel: Channel
    guild_wide: bool  # installed where it happens, not only by the user
    at: datetime
    began: float  # of the loop
    pressed: Message | None = None
    acknowledged: int | None = None  # the type of the first callback
    acknowledged_after: float | None = None
    answered_after: float | None = None  # when there was something to read
    edited: bool = False  # the pressed message
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    form: Json | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def answers(self) -> list[Message]:
        """Return what it made readable, first first; a message pressed and edited is among it."""
        first = [self.original] if self.original is not None else []
        if self.original is None and self.pressed is not None and self.edited:
            first = [self.pressed]
        return [each for each in (*first, *self.followups) if not each.loading]

    @property
    def answer(self) -> Message:
        """Return the first answer; LookupError where there is none."""
        if not self.answers:
            raise LookupError(f"{self.what} of {self.user.name} has no answer")
        return self.answers[0]

    @property
    def done(self) -> bool:
        """There is something to read, to choose or to fill in."""
        return bool(self.answers) or self.acknowledged in {COMPLETES, OPENS_FORM}

    def metadata(self) -> Json:
        """Return what a message tells of it."""
        told = {"id": str(self.id), "type": self.kind, "user": self.user.payload()}
        told["authorizing_integration_owners"] = self.owners()
        if self.kind == COMMAND:
            told |= {"name": self.what.split(" ")[0].removeprefix("/")}
        if self.kind == COMPONENT and self.pressed is not None:
            told["interacted_message_id"] = str(self.pressed.id)
        return told

    def owners(self) -> Json:
        """Return who installed the application that is used."""
        owners = {"1": str(self.user.id)} if self.user.installed else {}
        if self.guild_wide:
            owners["0"] = str(self.channel.guild.id) if self.channel.guild else "0"
        return owners

    def response(self) -> Json:
        """Return an InteractionCallbackResponse."""
        told: Json = {"id": str(self.id), "type": self.kind, "channel_id": str(self.channel.id)}
        resource: Json = None
        message = self.original or self.pressed
        if self.acknowledged in {SAYS, EDITS} and message is not None:
            resource = {"type": self.acknowledged, "message": message.payload()}
        if message is not None:
            told["response_message_id"] = str(message.id)
            told["response_message_loading"] = message.loading
            told["response_message_ephemeral"] = bool(message.flags & EPHEMERAL)
        return {"interaction": told} | ({"resource": resource} if resource else {})

    def acknowledge(self, kind: int) -> None:
        """Note the first callback."""
        self.acknowledged, self.acknowledged_after = kind, self._age()
        self.stir()

    def stir(self) -> None:
        """Wake whoever waits for it."""
        if self.answered_after is None and self.done:
            self.answered_after = self._age()
        self.changed.set()

    async def until_answered(self, times: int = 1, *, ack_s: float, answer_s: float) -> None:
        """Wait for answers; NotAnswered where nobody acknowledges, or says as much."""
        try:
            await asyncio.wait_for(self._until(0), ack_s)
        except TimeoutError:
            raise NotAnswered(f"{self.what}: the application did not respond") from None
        try:
            await asyncio.wait_for(self._until(times), answer_s)
        except TimeoutError:
            said = f"{self.what}: {len(self.answers)} of {times} answers"
            raise NotAnswered(f"{said} {answer_s} s after type {self.acknowledged}") from None

    async def _until(self, answers: int) -> None:
        while not self._has(answers):
            self.changed.clear()
            await self.changed.wait()

    def _has(self, answers: int) -> bool:
        if self.acknowledged is None or answers == 0:
            return self.acknowledged is not None
        return len(self.answers) >= answers or (answers == 1 and self.done)

    def _age(self) -> float:
        return asyncio.get_running_loop().time() - self.began
