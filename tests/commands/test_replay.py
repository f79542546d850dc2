"""/replay: the heatmap as it grew."""

from dataclasses import replace
from datetime import timedelta

from liqbot.charts.chart import View
from liqbot.chat.message import Message
from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from liqbot.desk import Desk
from liqbot.market.instrument import MarketQuery
from tests.charts.histories import a_history
from tests.commands.conversation import words
from tests.fakes.desk import CALLER, GIF, FakePast, FakeStudio, a_desk


async def ask(line: str = "btc", desk: Desk | None = None) -> Message:
    return await COMMANDS["replay"].invoke(desk or a_desk()[0], CALLER, line)


async def test_a_film_comes_with_what_is_to_be_known_of_it() -> None:
    desk, markets, _ = a_desk()
    found = await ask("btc 3d", desk)
    assert found.picture is not None
    assert (found.picture.name, found.picture.content) == ("btc-replay-3d-20260107-0200.gif", GIF)
    assert found.picture.is_animation
    assert found.in_place
    assert markets.asked == [(MarketQuery("BTC"), timedelta(days=3), None)]
    text = plain(found.text).splitlines()
    assert text[0] == "BTC liquidation heatmap as it grew · 3d"
    assert text[1] == "65,530 → 65,000  −0.8%"
    assert text[2] == "ESTIMATE · Binance+Bybit+OKX"
    assert text[3].endswith("to 2026-01-07 02:00 UTC")
    assert "no column is painted anew" in text[4]
    assert "Not a forecast. Not advice." in text[5]


async def test_prices_keep_their_digits_where_a_coin_costs_little() -> None:
    desk, _, _ = a_desk(a_history(price=2.12345))
    assert plain((await ask(desk=desk)).text).splitlines()[1] == "2.1636 → 2.1234  −1.9%"


async def test_the_film_is_drawn_of_the_frames() -> None:
    found = await ask(desk=a_desk(draws=True)[0])
    assert found.picture is not None
    assert found.picture.content.startswith(b"GIF89a")
    assert "as it grew over 24h" in found.picture.alt


async def test_who_asks_within_the_same_bar_gets_the_same_film() -> None:
    desk, markets, studio = a_desk()
    await ask(desk=desk)
    history = markets.histories["BTC"]
    markets.histories["BTC"] = replace(history, at=history.at + timedelta(seconds=50))
    await ask(desk=desk)
    await ask("btc light", desk)
    first, second, third = studio.made
    assert first == second != third


async def test_a_film_may_end_in_the_past() -> None:
    desk, _, _ = a_desk()
    found = await ask("btc at 2026-01-06 18:00", desk)
    assert isinstance(desk.past, FakePast)
    assert [f"{each:%d %H:%M}" for each in desk.past.asked] == ["06 18:00"]
    assert "replay BTC 7d at=2026-01-06T18:00Z" in words(found)
    assert "heatmap BTC 24h at=2026-01-06T18:00Z" in words(found)
    assert [each.label for each in found.buttons[-1]] == ["Heatmap", "Now", "Where from?"]
    assert words(found)[-2:] == ["replay BTC 24h", "why replay BTC 24h at=2026-01-06T18:00Z"]


async def test_buttons_ask_for_the_other_ranges() -> None:
    found = await ask("bybit:btc light")
    ranges, others = found.buttons
    assert [each.label for each in ranges] == ["12h", "3d", "7d", "30d", "90d"]
    assert ranges[0].words == "replay bybit:BTC 12h light"
    assert [each.words for each in others] == [
        "heatmap bybit:BTC 24h light",
        "replay bybit:BTC 24h light",
        "why replay bybit:BTC 24h",
    ]
    assert (await ask("币" * 20, a_desk(a_history(base="币" * 20))[0])).buttons == ()


async def test_the_mistaken_the_busy_and_the_greedy_are_told() -> None:
    assert "There is no market" in plain((await ask("btx")).text)
    busy = FakeStudio(is_busy=True)
    desk = replace(a_desk()[0], studio=busy)
    assert "Another film is being drawn" in plain((await ask(desk=desk)).text)
    desk, _, _ = a_desk(pictures=1, view=View())
    assert (await ask(desk=desk)).picture is not None
    assert "1 pictures in a minute" in plain((await ask(desk=desk)).text)
