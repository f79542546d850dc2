"""What the commands share that answer with a picture."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.alerting.subscription import Recipient
from liqbot.charts.chart import View
from liqbot.chat.message import ChatId, Message
from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.desk import Desk
from liqbot.errors import StorageError
from liqbot.market.calendar import Event, Impact
from liqbot.market.instrument import MarketQuery
from tests.charts.histories import a_history, an_empty_history
from tests.fakes.desk import CALLER, PNG, FakePast, a_desk

PICTURED = ("heatmap", "levels", "delta", "tiers", "venues")


async def ask(name: str, words: str, desk: Desk | None = None) -> Message:
    return await COMMANDS[name].invoke(desk or a_desk()[0], CALLER, words)


@pytest.mark.parametrize("name", PICTURED)
async def test_a_picture_comes_under_the_name_of_market_and_minute(name: str) -> None:
    found = await ask(name, "btc")
    assert found.picture is not None
    assert found.picture.name == f"btc-{name}-20260107-0200.png"
    assert found.picture.content == PNG
    assert found.picture.alt.startswith(f"The {name} of BTC")


@pytest.mark.parametrize("name", PICTURED)
async def test_a_drawn_picture_is_told_by_what_stands_in_it(name: str) -> None:
    desk, _, _ = a_desk(draws=True)
    found = await ask(name, "btc", desk)
    assert found.picture is not None
    assert found.picture.content.startswith(b"\x89PNG")
    text = plain(found.text)
    for fact in ("BTC", "65,000", "ESTIMATE", "Binance+Bybit+OKX", "02:00 UTC", "data 12 s old"):
        assert fact in text
    assert "Not a forecast. Not advice." in text
    assert length(found.text) <= 1024


@pytest.mark.parametrize("name", ["delta", "tiers"])
async def test_what_a_picture_says_of_itself_stands_beside_it(name: str) -> None:
    desk, _, _ = a_desk(draws=True)
    found = await ask(name, "btc", desk)
    assert found.picture is not None
    own = [line for line in plain(found.text).splitlines() if line in found.picture.alt]
    assert len(own) >= 2


async def test_words_become_what_is_asked_and_drawn() -> None:
    desk, markets, studio = a_desk()
    await ask("tiers", "3d BYBIT btcusdt contrast cividis wide fixed high age=12h", desk)
    week = timedelta(days=3)
    assert markets.asked == [(MarketQuery("BTC", "USDT", "bybit"), week, timedelta(hours=12))]
    ((chart, view),) = studio.asked
    assert chart == "tiers"
    assert view == View(
        range=week, theme="contrast", colours="cividis", size="wide", scale="fixed", noise="high"
    )


async def test_what_nobody_says_is_as_the_desk_has_it() -> None:
    usual = View(range=timedelta(days=7), theme="light", zone="Europe/Berlin", locale="de")
    desk, _, studio = a_desk(view=usual)
    text = plain((await ask("heatmap", "btc", desk)).text)
    assert studio.asked == [("heatmap", usual)]
    assert "02:00 UTC (03:00 Berlin)" in text
    assert "65.000" in text


@pytest.mark.parametrize("words", ["24h", "1d", "1D", "range=24H"])
async def test_a_range_is_known_by_its_length(words: str) -> None:
    desk, markets, _ = a_desk()
    await ask("heatmap", f"btc {words}", desk)
    assert markets.asked[0][1] == timedelta(hours=24)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("btc 4d", "There is no range “4d”. Did you mean 7d?"),
        ("btc range=soon", "There is no range “soon”. There is 12h, 24h, 3d, 7d, 30d, 90d."),
        ("bybit:btc okx", "bybit:BTC is on bybit, and you ask for okx."),
        ("btc gate", "I cannot read “gate”"),
        ("btc sepia", "I cannot read “sepia”. What there is to say: MARKET [range] [venue]"),
    ],
)
async def test_mistakes_are_told(words: str, said: str) -> None:
    assert plain((await ask("heatmap", words)).text).startswith(said)


async def test_a_large_picture_is_a_file() -> None:
    found = await ask("heatmap", "btc hd")
    assert found.picture is None
    assert found.document is not None
    assert found.document.name == "btc-heatmap-20260107-0200.png"


async def test_the_blind_and_the_busy_say_so() -> None:
    desk, _, _ = a_desk(blind=["BTC"])
    assert "BTC cannot be seen" in plain((await ask("heatmap", "btc", desk)).text)
    desk, _, _ = a_desk(is_busy=True)
    assert "try again in 5 s" in plain((await ask("heatmap", "btc", desk)).text)


@pytest.mark.parametrize("name", PICTURED)
async def test_who_has_had_too_many_pictures_is_told(name: str) -> None:
    desk, _, _ = a_desk(pictures=1, view=View())
    assert (await ask(name, "btc", desk)).picture is not None
    assert "1 pictures in a minute" in plain((await ask(name, "btc", desk)).text)


async def test_cautions_stand_in_the_text() -> None:
    old = a_history(simulated=True, warm=False, venues=("okx",), data_age_s=400.0)
    text = plain((await ask("heatmap", "btc", a_desk(old)[0])).text)
    assert "SIMULATED · ESTIMATE · OKX" in text
    assert "STALE: 6 min old" in text
    assert "WARMING UP · SINGLE VENUE: OKX" in text


async def test_a_picture_needs_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    async def get(chat: ChatId) -> Recipient:
        raise StorageError(f"nothing is kept of {chat}")

    desk, _, studio = a_desk()
    monkeypatch.setattr(desk.ledger.recipients, "get", get)
    assert (await ask("heatmap", "btc", desk)).picture is not None
    assert studio.asked == [("heatmap", desk.view)]


async def test_an_empty_map_says_so() -> None:
    text = plain((await ask("heatmap", "btc", a_desk(an_empty_history())[0])).text)
    assert "No cluster stands out." in text


async def test_buttons_ask_for_the_other_ranges_and_views_of_the_same() -> None:
    found = await ask("heatmap", "bybit:btc 3d light age=7d")
    ranges, venues, views, last = found.buttons
    assert found.in_place
    assert [each.label for each in ranges] == ["12h", "24h", "7d", "30d", "90d"]
    assert [each.label for each in views] == ["Levels", "Delta", "Tiers", "Venues"]
    assert [each.label for each in last] == ["↻ Refresh", "Where from?"]
    assert ranges[0].words == "heatmap bybit:BTC 12h age=7d light"
    assert last[0].words == "heatmap bybit:BTC 3d age=7d light"
    assert last[1].words == "why heatmap bybit:BTC 3d age=7d light"
    assert [(each.label, each.words) for each in venues] == [
        ("All venues", "heatmap BTC 3d age=7d light"),
        ("Binance", "heatmap BTC 3d binance age=7d light"),
        ("OKX", "heatmap BTC 3d okx age=7d light"),
    ]
    _, venues, *_ = (await ask("levels", "btc")).buttons
    assert [each.label for each in venues] == ["Binance", "Bybit", "OKX"]


@pytest.mark.parametrize("name", PICTURED)
async def test_the_past_is_told_of_as_past(name: str) -> None:
    desk, _, _ = a_desk(draws=True)
    found = await ask(name, "btc at 2026-01-06T18:00", desk)
    assert found.picture is not None
    assert found.picture.name == f"btc-{name}-20260106-1800.png"
    text = plain(found.text)
    assert "AS OF 2026-01-06 18:00 UTC · not now" in text
    assert "old" not in text
    assert "As of 2026-01-06 18:00 utc." in found.picture.alt
    steps, *_, views, last = found.buttons
    assert [(each.label, each.words) for each in steps] == [
        ("‹ 1h", f"{name} BTC at=2026-01-06T17:00Z"),
        ("1h ›", f"{name} BTC at=2026-01-06T19:00Z"),
        ("Now", f"{name} BTC"),
    ]
    assert all("at=2026-01-06T18:00Z" in each.words for each in (*views, *last))
    assert len(views) == 4


async def test_a_moment_is_read_by_the_readers_clock_and_led_on_by_utcs() -> None:
    desk, _, _ = a_desk(view=View(zone="Europe/Berlin"))
    assert isinstance(desk.past, FakePast)
    found = await ask("heatmap", "btc 7d at yesterday 18:00", desk)
    again = await ask("heatmap", found.buttons[0][1].words.partition(" ")[2], desk)
    assert [f"{each:%d %H:%M}" for each in desk.past.asked] == ["06 17:00", "06 18:00"]
    assert "AS OF 2026-01-06 17:00 UTC (18:00 Berlin) · not now" in plain(found.text)
    assert again.buttons[0][0].words == "heatmap BTC 7d at=2026-01-06T17:00Z"


async def test_from_the_last_hour_no_button_leads_beyond_now() -> None:
    (steps, *_) = (await ask("heatmap", "btc at 01:30")).buttons
    assert [each.label for each in steps] == ["‹ 1h", "Now"]
    (steps, *_) = (await ask("heatmap", "btc at 01:00")).buttons  # it is 02:00
    assert [each.label for each in steps] == ["‹ 1h", "1h ›", "Now"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("btc at 2026-01-07T02:05", "2026-01-07 02:05 UTC is still to come."),
        ("btc at 2025-01-07", "Nothing is kept of BTC before 2025-12-08."),
        ("btc at soon", "“soon” is not a time. Try 18:00, yesterday 18:00, 3h ago"),
    ],
)
async def test_what_is_no_moment_of_the_past_is_told(words: str, said: str) -> None:
    assert plain((await ask("heatmap", words)).text).startswith(said)


async def test_one_venue_is_no_choice() -> None:
    desk = a_desk(a_history(venues=("okx",)))[0]
    assert len((await ask("heatmap", "btc", desk)).buttons) == 3


async def test_a_button_leaves_out_looks_before_it_leaves_out_itself() -> None:
    words = "btc/usdt 30d hyperliquid contrast cividis portrait fixed high"
    history = a_history(venues=("hyperliquid",))
    ranges, *_ = (await ask("heatmap", words, a_desk(history)[0])).buttons
    assert ranges[0].words == "heatmap BTC/USDT 12h hyperliquid contrast portrait cividis fixed"
    named = a_history(base="币" * 20)
    found = await ask("heatmap", "币" * 20, a_desk(named)[0])
    assert found.picture is not None
    assert found.buttons == ()


@given(
    price=st.floats(1e-6, 5e6),
    usd=st.floats(1e3, 9e11),
    locale=st.sampled_from(["en", "de", "fr", "pt_BR"]),
    name=st.sampled_from(PICTURED),
)
async def test_a_caption_fits_at_any_price(
    price: float, usd: float, locale: str, name: str
) -> None:
    view = View(locale=locale)
    desk, _, _ = a_desk(a_history(price=price, usd=usd, bars=300), view=view)
    found = await ask(name, "btc", desk)
    assert length(found.text) <= 1024
    assert plain(found.text).endswith("Not a forecast. Not advice.")


async def test_a_release_that_is_near_is_warned_of() -> None:
    desk = a_desk()[0]
    soon = desk.clock.now() + timedelta(hours=2)
    quiet = plain((await ask("heatmap", "btc", desk)).text)
    warned = replace(desk, calendar=(Event(at=soon, name="CPI", impact=Impact.HIGH),))
    told = plain((await ask("heatmap", "btc", warned)).text)
    assert ("MACRO" in quiet, "MACRO" in told) == (False, True)
