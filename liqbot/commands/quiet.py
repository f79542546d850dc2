"""/quiet — hours in which a chat wants to hear nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from liqbot.alerting.quiet import Mode, QuietHours, read_quiet
from liqbot.chat.arguments import LINE, Word
from liqbot.chat.message import Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Code, Dim, Line
from liqbot.commands._own import moment, recipient_of
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.errors import OutOfRange

_EXAMPLE = "23:00-07:00 Europe/Berlin mon-fri digest"
_LONGEST = 200  # characters
_OFF = {"off", "none", "never"}
_MEANT: Mapping[Mode, str] = {
    Mode.DIGEST: "Alerts are held, and told together at the end.",
    Mode.SILENT: "Alerts come without a sound.",
    Mode.DROP: "Alerts of these hours are never told.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """When, in words; off for never; "" = show."""

    hours: Annotated[
        str, Word(f"{_EXAMPLE}, or off", lambda text, _: text.strip(), lambda _: ("off",)), LINE
    ] = ""


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    recipient, numbers = await recipient_of(desk, caller)
    quiet = recipient.quiet
    if asked.hours:
        quiet = None if asked.hours.lower() in _OFF else _read(asked.hours, numbers.zone)
        await desk.ledger.recipients.put(replace(recipient, quiet=quiet))
    text = tuple(_told(quiet, desk, numbers))
    off = ((Button("No quiet hours", "quiet off"),),) if quiet else ()
    return Message(text=text, buttons=off, private=True)


def _read(words: str, zone: str) -> QuietHours:
    if len(words) > _LONGEST:
        raise OutOfRange(f"That is long for hours; try {_EXAMPLE}.")
    return read_quiet(words, zone)


def _told(quiet: QuietHours | None, desk: Desk, numbers: Numbers) -> Iterator[Line]:
    if quiet is None:
        yield ("No quiet hours: alerts come at any time.",)
        yield (Code(f"/quiet {_EXAMPLE}"), " sets them; also silent or drop, and critical.")
        return
    yield (Bold("Quiet"), f" {quiet.words}")
    broken = " What is critical is told at once." if quiet.critical else ""
    yield (_MEANT[quiet.mode] + broken,)
    if until := quiet.until(desk.clock.now()):
        yield (Dim(f"It is quiet now, until {moment(until, numbers)}."),)


COMMAND = Command(
    name="quiet",
    summary="Set or show the hours in which nothing is told",
    arguments=Arguments,
    run=_run,
    personal=True,
)
