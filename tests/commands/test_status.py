from dataclasses import replace
from datetime import timedelta

from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.market.condition import Condition
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Gap
from liqbot.market.status import MarketStatus, Status, VenueStatus
from liqbot.market.units import HOUR_MS
from tests.fakes.desk import AT, CALLER, a_desk, a_status

WELL = Condition(answers=9, answered_at=AT, latency_s=0.12, skew_s=-0.04)
VENUES = ("binance", "bybit", "okx", "bitget", "hyperliquid", "gate", "dydx", "deribit")


async def told(status: Status) -> list[str]:
    found = await COMMANDS["status"].invoke(a_desk(status=status)[0], CALLER, "now please")
    assert found.buttons[0][0].words == "status"
    return plain(found.text).splitlines()


async def test_a_well_bot_says_so_in_a_line_and_then_shows_it() -> None:
    assert await told(a_status()) == [
        "All 3 venues fine, 2 markets, newest 4 s old.",
        "2026-01-07 02:00 UTC · up 3 h · model prior-1, not fitted",
        "✓ Binance 2 markets · 4 s old · 120 ms · clock +0.0 s · tape on, 62% told",
        "✓ Bybit 2 markets · 5 s old · 120 ms · clock +0.0 s · tape on, 62% told",
        "✓ OKX 2 markets · 6 s old · 120 ms · clock +0.0 s · tape on, 62% told",
        "Back-fill 100% · all warm",
        "Evaluated in 0.12 s at most, 0 waiting",
    ]


async def test_a_venue_that_fails_says_what_for_and_since_when() -> None:
    failing = replace(WELL, failing="no answer within 10 s", answered_at=AT - timedelta(minutes=7))
    paused = replace(WELL, load=0.8, paused_until=AT + timedelta(minutes=5))
    venues = (
        VenueStatus(venue="binance", asking=failing, listening=WELL, completeness=None),
        VenueStatus(venue="bybit", asking=paused, listening=None, completeness=None),
        VenueStatus(venue="okx", asking=Condition(), listening=Condition(), completeness=0.5),
    )
    head, _, binance, bybit, okx, *_ = await told(a_status(venues=venues))
    assert head == "1 of 3 venues fine, 2 markets, newest 4 s old."
    assert binance.startswith(
        "✗ Binance 2 markets · 4 s old · failing: no answer within 10 s · last answer 7 min ago"
    )
    assert binance.endswith("tape on, completeness unknown")
    assert "120 ms · clock +0.0 s" in bybit
    assert "paused until 02:05 UTC" in bybit
    assert "80% of its request budget used" in bybit
    assert bybit.endswith("no public tape")
    assert okx == "✗ OKX 2 markets · 6 s old · has not answered yet · tape silent so far, 50% told"


async def test_a_lost_tape_alone_is_not_fine() -> None:
    lost = replace(WELL, failing="the connection closed")
    venue = VenueStatus(venue="okx", asking=WELL, listening=lost, completeness=0.5)
    head, _, okx, *_ = await told(a_status(venues=(venue,)))
    assert head.startswith("0 of 1 venue fine")
    assert okx.startswith("! OKX")
    assert "tape lost: the connection closed" in okx


async def test_blind_markets_are_grouped_by_venue_and_reason() -> None:
    markets = tuple(
        MarketStatus(
            instrument=Instrument("okx", f"COIN{i}", "USDT"),
            age_s=float("inf"),
            gaps=(),
            blind="not listed any more" if i == 9 else "no price for 5 min",
        )
        for i in range(10)
    )
    lines = await told(a_status(markets=markets))
    assert lines[0] == "2 of 3 venues fine, 10 markets, no data yet."
    assert "! OKX 10 markets, 10 blind · 120 ms · clock +0.0 s · tape on, 62% told" in lines
    blind = [line for line in lines if line.startswith("Blind")]
    assert blind == [
        "Blind COIN0, COIN1, COIN2, COIN3, COIN4 and 4 more on OKX: no price for 5 min",
        "Blind COIN9 on OKX: not listed any more",
    ]


async def test_what_is_not_believed_and_what_is_missing_is_counted() -> None:
    market = MarketStatus(
        instrument=Instrument("okx", "BTC", "USDT"),
        age_s=4.0,
        gaps=(
            Gap(what="open_interest", from_ms=0, to_ms=HOUR_MS),
            Gap(what="open_interest", from_ms=3 * HOUR_MS, to_ms=5 * HOUR_MS),
            Gap(what="candles", from_ms=0, to_ms=300_000),
        ),
        dropped={"frozen open interest": 8, "price far off": 1},
    )
    lines = await told(a_status(markets=(market,)))
    assert "Not believed from OKX: frozen open interest 8, price far off 1" in lines
    assert "Gaps in open interest: 1 market, most in BTC on okx: 3 h" in lines
    assert "Gaps in candles: 1 market, most in BTC on okx: 5 min" in lines


async def test_a_young_bot_says_what_is_still_to_come() -> None:
    lines = await told(a_status(warming=("BTC", "ETH"), back_filling=0.9999, evaluated_s={}))
    assert "Back-fill 99% · warming up: BTC, ETH" in lines
    assert not any("Evaluated" in line for line in lines)


async def test_a_bot_that_asks_nobody_says_so() -> None:
    assert (await told(a_status(venues=(), markets=())))[0] == "No exchange is asked."


async def test_160_instruments_that_all_fail_make_a_short_answer() -> None:
    failing = replace(WELL, failing="HTTP 503 Service Unavailable")
    markets = tuple(
        MarketStatus(
            instrument=Instrument(venue, f"COIN{i}", "USDT"),
            age_s=400.0 + i,
            gaps=(Gap(what="candles", from_ms=0, to_ms=HOUR_MS * i),),
            dropped={"price far off": i},
            blind=f"no answer for {i % 9} min",
        )
        for i in range(20)
        for venue in VENUES
    )
    venues = tuple(
        VenueStatus(venue=each, asking=failing, listening=failing, completeness=0.5)
        for each in VENUES
    )
    desk, _, _ = a_desk(status=a_status(markets=markets, venues=venues))
    found = await COMMANDS["status"].invoke(desk, CALLER, "")
    lines = plain(found.text).splitlines()
    assert len(lines) <= 30
    assert length(found.text) <= 4096
    assert lines[0] == "0 of 8 venues fine, 20 markets, newest 6 min old."
    assert any(line.endswith("more, for other reasons") for line in lines)
