"""/mute — hear nothing of a market for a while."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from liqbot.alerting.quiet import Mute
from liqbot.chat.arguments import Known, Word, read_duration, write_duration
from liqbot.chat.message import Button, Message
from liqbot.commands._own import ALL, BASE, market, moment, recipient_of
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.errors import OutOfRange

_USUAL, _LONGEST = timedelta(hours=1), timedelta(days=30)
_TOMORROW, _MORNING = "tomorrow", time(8)


def _span(text: str, _: Known) -> timedelta | None:
    return None if text.strip().lower() == _TOMORROW else read_duration(text)


_SPAN = Word("15m, 4h, 7d, or tomorrow", _span, lambda _: ("15m", "1h", "4h", _TOMORROW))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Of what, and for how long."""

    market: Annotated[str, BASE]
    span: Annotated[timedelta | None, _SPAN] = _USUAL  # None: until tomorrow


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    if asked.span is not None and asked.span > _LONGEST:
        raise OutOfRange("A mute lasts at most 30d; /alerts pause lasts until you resume.")
    at = desk.clock.now()
    recipient, numbers = await recipient_of(desk, caller)
    until = _tomorrow(at, numbers.zone) if asked.span is None else at + asked.span
    made = Mute(asked.market, until)
    kept = [each for each in recipient.mutes if each.until > at and each.base != made.base]
    await desk.ledger.recipients.put(replace(recipient, mutes=(*kept, made)))
    span = f" for {write_duration(asked.span)}," if asked.span else ""
    return Message(
        text=((f"Muted {market(made.base)}{span} until {moment(made.until, numbers)}.",),),
        buttons=((Button("Unmute", f"unmute {made.base or ALL}"),),),
        private=True,
    )


def _tomorrow(at: datetime, zone: str) -> datetime:
    """Return eight o'clock of the next day, where the reader is; UTC."""
    here = ZoneInfo(zone)
    day = at.astimezone(here).date() + timedelta(days=1)
    return datetime.combine(day, _MORNING, here).astimezone(UTC)


COMMAND = Command(
    name="mute",
    summary="Hear nothing of a market, or of all, for a while",
    arguments=Arguments,
    run=_run,
    personal=True,
)
