"""/why — why an alert was told: the rule, its numbers against their lines, and its steps."""

from dataclasses import dataclass
from typing import Annotated

from liqbot.alerting.wording import why
from liqbot.chat.arguments import Known, Word
from liqbot.chat.message import Message
from liqbot.chat.richtext import shorten
from liqbot.commands._own import recipient_of
from liqbot.commands.command import Caller, Command, Desk
from liqbot.errors import CommandError, Unreadable, excerpt

_LONGEST = 32
_TEXT = 2000  # characters


def _id(text: str, _: Known) -> str:
    plain = text.strip().removeprefix("#").lower()
    if not (plain.isascii() and plain.isalnum() and len(plain) <= _LONGEST):
        raise Unreadable("name of an alert", text, "the Why button below it")
    return plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which alert, or which message with several."""

    id: Annotated[str, Word("as the Why button below an alert says it", _id, lambda _: ())]


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    _, numbers = await recipient_of(desk, caller)
    told = [
        each for each in await desk.ledger.deliveries.about(asked.id) if each.chat == caller.chat
    ]
    text = why(told, numbers)
    if not text:
        raise CommandError(
            f"No alert “{excerpt(asked.id)}” was told here. Try the Why button below one."
        )
    return Message(text=shorten(text, _TEXT), private=True)


COMMAND = Command(
    name="why",
    summary="Say why an alert was told, with its numbers and steps",
    arguments=Arguments,
    run=_run,
)
