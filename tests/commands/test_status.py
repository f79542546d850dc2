import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.market.condition import Condition
from liqbot.market.instrument import Instrument
from liqbot.market.observation import Gap
from liqbot.market.status import HoldersStatus, MarketStatus, Status, VenueStatus
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, ms_of
from tests.fakes.desk import AT, CALLER, a_desk, a_status

WELL = Condition(answers=9, answered_at=AT, latency_s=0.12, skew_s=-0.04)
VENUES = ("binance", "bybit", "okx", "bitget", "hyperliquid", "gate", "dydx", "deribit")


SINCE_MS = ms_of(AT) // DAY_MS * DAY_MS - 30 * DAY_MS


def a_market(
    venue: str = "okx",
    base: str = "BTC",
    gaps: tuple[Gap, ...] = (),
    dropped: Mapping[str, int] | None = None,
) -> MarketStatus:
    instrument = Instrument(venue, base, "USDT")
    return MarketStatus(instrument=instrument, age_s=4.0, gaps=gaps, dropped=dropped or {})


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
    assert okx == "✗ OKX 2 markets · 6 s old · has not answered yet · tape not connected yet"


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


async def test_a_tape_on_which_nothing_happened_is_fine() -> None:
    quiet = Condition(connections=1)
    venue = VenueStatus(venue="bybit", asking=WELL, listening=quiet, completeness=1.0)
    head, _, bybit, *_ = await told(a_status(venues=(venue,)))
    assert head.startswith("All 1 venue fine")
    assert bybit.startswith("✓ Bybit")
    assert bybit.endswith("tape on, nothing liquidated yet, 100% told")


async def test_what_is_not_believed_is_counted() -> None:
    dropped = {"frozen open interest": 8, "price far off": 1, "mended": 1}
    lines = await told(a_status(markets=(a_market(dropped=dropped),)))
    assert "Not believed from OKX: frozen open interest 8, price far off 1" in lines


@pytest.mark.parametrize(("repairs", "is_told"), [(10, False), (11, True)])
async def test_repairs_are_told_where_there_are_many(repairs: int, is_told: bool) -> None:
    venues = (
        VenueStatus(
            venue="okx", asking=replace(WELL, answers=100), listening=None, completeness=None
        ),
    )
    markets = (a_market(dropped={"mended": repairs}),)
    lines = await told(a_status(venues=venues, markets=markets))
    assert ("Mended from OKX: 11 times in 100 answers" in lines) is is_told
    assert not any("Not believed" in line for line in lines)


HOLES = (
    Gap(what="open_interest", from_ms=SINCE_MS + HOUR_MS, to_ms=SINCE_MS + 2 * HOUR_MS),
    Gap(what="open_interest", from_ms=SINCE_MS + 3 * HOUR_MS, to_ms=SINCE_MS + 5 * HOUR_MS),
    Gap(what="candles", from_ms=SINCE_MS + HOUR_MS, to_ms=SINCE_MS + HOUR_MS + 300_000),
)


async def test_what_is_missing_is_counted() -> None:
    lines = await told(a_status(markets=(a_market(gaps=HOLES),), since_ms=SINCE_MS))
    assert "Gaps in open interest: 1 market, most in BTC on OKX: 3 h" in lines
    assert "Gaps in candles: 1 market, most in BTC on OKX: 5 min" in lines


async def test_nothing_is_missing_before_all_was_asked_for() -> None:
    markets = (a_market(gaps=HOLES),)
    lines = await told(a_status(markets=markets, since_ms=SINCE_MS, back_filling=0.99))
    assert not any("Gaps" in line for line in lines)


async def test_how_far_back_a_venue_tells_is_no_gap() -> None:
    days = {"okx": 25, "bitget": 29.5, "gate": 0.9}
    markets = tuple(
        a_market(
            venue,
            base,
            gaps=(
                Gap(
                    what="open_interest",
                    from_ms=SINCE_MS,
                    to_ms=SINCE_MS + int(DAY_MS * each) + later,
                ),
            ),
        )
        for venue, each in days.items()
        for base, later in (("BTC", 0), ("NEW", DAY_MS // 4))
    )
    lines = await told(a_status(markets=markets, since_ms=SINCE_MS))
    assert "Venues tell no more open interest than 5 d on OKX, 14 h on Bitget" in lines
    assert not any("Gaps" in line for line in lines)


async def test_what_was_never_told_is_missing() -> None:
    never = Gap(what="open_interest", from_ms=SINCE_MS, to_ms=ms_of(AT) - 4 * MINUTE_MS)
    lines = await told(a_status(markets=(a_market(gaps=(never,)),), since_ms=SINCE_MS))
    assert "Gaps in open interest: 1 market, most in BTC on OKX: 30 d" in lines


async def test_it_says_whose_margin_brackets_count_and_how_old_they_are() -> None:
    venues = tuple(
        VenueStatus(
            venue=each,
            asking=WELL,
            listening=None,
            completeness=None,
            bracketed=2 * (row > 0),
            bracketed_at=None if row < 2 else AT - timedelta(hours=5),
        )
        for row, each in enumerate(("binance", "bybit", "okx"))
    )
    lines = await told(a_status(venues=venues))
    assert lines[-1] == "Margin brackets as told by Bybit, OKX 5 h ago, else built in"


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


HELD = HoldersStatus(listed=12, telling=11, age_s=40.0, positions=9, dropped={}, failing="")
RANKED = replace(HELD, largest=100, leading=98)
BLIND = replace(HELD, telling=0, age_s=math.inf, positions=0)


@pytest.mark.parametrize(
    ("holders", "said"),
    [
        (
            replace(HELD, dropped={"size": 2}),
            (
                "11 of 12 listed addresses answer · up to 40 s old · 9 positions"
                " · not believed: size 2"
            ),
        ),
        (
            replace(BLIND, failing="okx cannot be reached"),
            "0 of 12 listed addresses answer · blind · failing: okx cannot be reached",
        ),
        (
            replace(
                RANKED, unranked="its leaderboard was cut short", dropped={"leaderboard row": 3}
            ),
            (
                "11 of 12 listed addresses and 98 of 100 large accounts answer · up to 40 s old"
                " · 9 positions · its leaderboard was cut short · not believed: leaderboard row 3"
            ),
        ),
        (
            replace(BLIND, listed=0, unranked="its leaderboard has not been read yet"),
            "blind · its leaderboard has not been read yet",
        ),
        (
            replace(RANKED, listed=0, telling=0),
            "98 of 100 large accounts answer · up to 40 s old · 9 positions",
        ),
    ],
)
async def test_it_says_how_many_addresses_answer_and_how_old_that_is(
    holders: HoldersStatus, said: str
) -> None:
    one = VenueStatus(venue="okx", asking=WELL, listening=WELL, completeness=0.5, holders=holders)
    lines = await told(a_status(venues=(one,)))
    assert f"Measured on OKX: {said}" in lines
    assert not any("Measured" in each for each in await told(a_status()))
