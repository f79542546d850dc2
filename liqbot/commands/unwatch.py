"""/unwatch — watch a position no more."""

from dataclasses import dataclass
from typing import Annotated

from liqbot.chat.message import Message
from liqbot.commands._held import let_go
from liqbot.commands._own import NUMBER
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which; None: all of one's own."""

    number: Annotated[int | None, NUMBER]


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    return await let_go(desk, caller, asked.number)


COMMAND = Command(
    name="unwatch",
    summary="Watch a position no more, or none of yours",
    arguments=Arguments,
    run=_run,
    personal=True,
)
