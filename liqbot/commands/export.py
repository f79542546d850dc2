"""/export — map, clusters and tape of one market, as files for other programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Annotated

from liqbot.chat.arguments import MARKET, VENUE, Word, one_of, read_duration, write_duration
from liqbot.chat.facts import age
from liqbot.chat.message import Attachment, Button, Message
from liqbot.chat.richtext import Bold, Dim, Line
from liqbot.commands._picture import Look, written
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk, Export
from liqbot.errors import OutOfRange
from liqbot.market.instrument import MarketQuery

_FORMS = ("csv", "parquet")
_MOST = 9_500_000  # bytes: a file of 10 MB with its message is what every chat takes
_LEAST, _LONGEST = timedelta(hours=1), timedelta(days=30)
_NAMES = ("24h", "7d", "30d")


def _span(text: str, _: object) -> timedelta:
    span = read_duration(text)
    if not _LEAST <= span <= _LONGEST:
        raise OutOfRange(f"An export is of 1h to 30d, not of {write_duration(span)}.")
    return span


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Of which market, how much of the past, and in which form."""

    market: Annotated[MarketQuery, MARKET]
    range: Annotated[timedelta, Word("1h to 30d", _span, lambda _: _NAMES)] = timedelta(days=7)
    form: Annotated[str, one_of("format", _FORMS)] = "csv"
    venue: Annotated[str | None, VENUE] = None


async def _run(desk: Desk, _: Caller, asked: Arguments) -> Message:
    query = Look(market=asked.market, venue=asked.venue).query
    made = await desk.exports.make(query, asked.range, asked.form, _MOST)
    other = next(each for each in _FORMS if each != asked.form)
    said = " ".join(["export", written(query), write_duration(asked.range), other])
    return Message(
        text=tuple(_told(made, query.base, asked)),
        document=Attachment(name=made.name, content=made.content),
        buttons=((Button(f"As {other}", said),),),
    )


def _told(made: Export, base: str, asked: Arguments) -> Iterator[Line]:
    """Yield what is in the file, and what had to be left out."""
    kind = "SIMULATED · " if made.simulated else ""
    span = age(made.span.total_seconds())
    yield (Bold(f"{kind}{base} · {span}"), f" as {asked.form}, {_size(len(made.content))}")
    yield (f"From {made.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC.",)
    if made.span < asked.range:
        wanted, most = age(asked.range.total_seconds()), _size(_MOST)
        yield (f"{wanted} would be more than the {most} that chats take: this is the newest part.",)
    yield (", ".join(f"{name} {rows:,} rows" for name, rows in made.rows.items()),)
    yield (Dim("README.md in it explains each column. Modelled, not measured. Not advice."),)


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.0f} kB"


COMMAND = Command(
    name="export",
    summary="Hand out map, clusters and tape as files",
    arguments=Arguments,
    run=_run,
)
