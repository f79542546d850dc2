"""/help — what there is to ask, as the commands declare it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from liqbot.chat.arguments import Known, Word
from liqbot.chat.measured import SIGN
from liqbot.chat.message import Button, Message
from liqbot.chat.richtext import Bold, Code, Dim, Line, RichText
from liqbot.commands import COMMANDS
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.errors import UnknownName

_MEASURED: RichText = (
    (Dim(f"{SIGN} marks what is measured: positions that a venue shows, of some accounts."),),
)


def _command(text: str, _: Known) -> str:
    name = text.strip().removeprefix("/").lower()
    if name not in COMMANDS:
        raise UnknownName("command", text, COMMANDS)
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which command; None: all."""

    command: Annotated[str | None, Word("the command to explain", _command, lambda _: COMMANDS)] = (
        None
    )


async def _run(desk: Desk, _: Caller, asked: Arguments) -> Message:
    if asked.command is not None:
        return Message(text=tuple(_explained(COMMANDS[asked.command])))
    base = next((each.base for each in desk.markets.known()), None)
    tried = [Button(f"{name} {base}", f"/{name} {base}") for name in ("heatmap", "levels") if base]
    measures = any(each.holders for each in desk.markets.status().venues)
    text = (*_listed(), *(_MEASURED if measures else ()))
    return Message(text=text, buttons=((*tried, Button("status", "/status")),))


def _listed() -> Iterator[Line]:
    for each in COMMANDS.values():
        required = [slot.usage for slot in each.slots if slot.required]
        options = ["…"] if len(required) < len(each.slots) else []
        yield (Code(" ".join([f"/{each.name}", *required, *options])), f" {each.summary}")
    yield ()
    yield ("Words in any order: ", Code("/heatmap btc 3d bybit"), ". More: ", Code("/help heatmap"))
    yield (Dim("Every figure is an estimate, not a forecast, not advice."),)


def _explained(command: Command[object]) -> Iterator[Line]:
    yield (Bold(f"/{command.name}"), f" {command.summary}")
    yield (Code(f"/{command.usage}"),)
    for slot in command.slots:
        yield (Code(slot.name), f" {slot.word.help}")


COMMAND = Command(
    name="help",
    summary="List what there is to ask, or explain one command",
    arguments=Arguments,
    run=_run,
)
