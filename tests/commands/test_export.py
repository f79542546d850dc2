"""/export: what is known, as files."""

from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.chat.message import Message
from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from liqbot.desk import Desk
from tests.charts.histories import a_history
from tests.commands.conversation import words
from tests.fakes.desk import CALLER, FakeExports, a_desk


async def ask(line: str = "btc", desk: Desk | None = None) -> Message:
    return await COMMANDS["export"].invoke(desk or a_desk()[0], CALLER, line)


async def said(line: str = "btc", desk: Desk | None = None) -> list[str]:
    return plain((await ask(line, desk)).text).splitlines()


async def test_a_file_comes_with_what_is_in_it() -> None:
    found = await ask()
    assert found.document is not None
    assert (found.document.name, found.document.content[:2]) == ("btc.zip", b"PK")
    assert not found.private
    assert plain(found.text).splitlines() == [
        "BTC · 7 d as csv, 0.2 MB",
        "From 2025-12-31 02:00 UTC.",
        "map 4,321 rows, clusters 9 rows, tape 0 rows",
        "README.md in it explains each column. Modelled, not measured. Not advice.",
    ]
    assert words(found) == ["export BTC 7d parquet"]


async def test_market_range_venue_and_form_are_as_asked_for() -> None:
    desk, _, _ = a_desk()
    await ask("parquet 24h okx btc", desk)
    assert isinstance(desk.exports, FakeExports)
    ((query, span, form, most),) = desk.exports.asked
    assert (query.base, query.venue, span, form) == ("BTC", "okx", timedelta(days=1), "parquet")
    assert most < 10_000_000


async def test_what_is_too_much_is_cut_and_said_so() -> None:
    desk, markets, _ = a_desk()
    desk = replace(desk, exports=FakeExports(markets, room=timedelta(days=12)))
    told = await said("btc 30d", desk)
    assert told[0] == "BTC · 12 d as csv, 0.2 MB"
    assert told[2] == "30 d would be more than the 9.5 MB that chats take: this is the newest part."


async def test_what_is_simulated_says_so() -> None:
    desk, _, _ = a_desk(a_history(simulated=True))
    assert (await said("btc", desk))[0].startswith("SIMULATED · BTC")


@pytest.mark.parametrize("span", ["1h", "30d"])
async def test_the_least_and_the_longest_are_taken(span: str) -> None:
    assert words(await ask(f"btc {span}")) == [f"export BTC {span} parquet"]


@pytest.mark.parametrize(("count", "size"), [(99_499, "99 kB"), (100_000, "0.1 MB")])
async def test_what_is_small_is_told_in_kilobytes(count: int, size: str) -> None:
    desk, markets, _ = a_desk()
    desk = replace(desk, exports=FakeExports(markets, count=count))
    assert (await said("btc", desk))[0] == f"BTC · 7 d as csv, {size}"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("btc 31d", "An export is of 1h to 30d, not of 31d."),
        ("btc 30m", "An export is of 1h to 30d, not of 30m."),
        ("btc form=xlsx", "There is no format “xlsx”. There is csv, parquet."),
        ("btt", "There is no market “BTT”. Did you mean BTC?"),
    ],
)
async def test_what_makes_no_sense_is_one_line(line: str, told: str) -> None:
    found = await ask(line)
    assert plain(found.text) == told
    assert found.document is None
