"""What every exchange that ccxt speaks to has to do, against servers that speak as it does."""

import numpy as np
import pytest

from liqbot.exchanges import EXCHANGES
from liqbot.exchanges._ccxt.settings import AddressedSettings, CcxtSettings
from liqbot.market.series import Candles
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, integers
from tests.exchanges.venues import CLOSED_MS, NOW_MS, asked
from tests.fakes.exchange_server import VENUES

FIVE_MINUTES_MS = 5 * MINUTE_MS
WITH_MARKS = {"binance", "bybit", "okx", "bitget", "gate"}
WITH_INTEREST_HISTORY = {"binance", "bybit", "okx", "gate", "dydx"}
every_venue = pytest.mark.parametrize("name", VENUES)


@every_venue
async def test_it_lists_the_linear_perpetuals_that_trade(name: str) -> None:
    async with asked(name, markets=3) as it:
        listed = await it.source.instruments()
        assert listed == tuple(it.instrument(base) for base in ("BTC", "ETH", "SOL"))
        assert it.server.violations == []


@every_venue
async def test_it_tells_closed_candles_only_as_they_were(name: str) -> None:
    async with asked(name) as it:
        seen = await it.source.observe(it.instrument(), CLOSED_MS - HOUR_MS)
        assert seen.candles.opened_ms[0] == CLOSED_MS - HOUR_MS
        assert seen.candles.closed_ms[-1] == CLOSED_MS
        agree(
            seen.candles,
            it.truth().candles(FIVE_MINUTES_MS, CLOSED_MS - HOUR_MS, CLOSED_MS, NOW_MS),
        )
        assert it.server.violations == []


@every_venue
async def test_it_tells_mark_candles_where_the_venue_has_them_and_nothing_instead(
    name: str,
) -> None:
    async with asked(name) as it:
        seen = await it.source.observe(it.instrument(), CLOSED_MS - HOUR_MS)
        marks = it.truth().candles(
            FIVE_MINUTES_MS, CLOSED_MS - HOUR_MS, CLOSED_MS, NOW_MS, mark=True
        )
        assert (seen.mark_candles is not None) == (name in WITH_MARKS)
        if seen.mark_candles is not None:
            np.testing.assert_allclose(seen.mark_candles.close, marks.close, rtol=1e-9)
            assert not np.array_equal(seen.mark_candles.close, seen.candles.close)


@every_venue
async def test_it_tells_what_holds_now_in_base_units(name: str) -> None:
    async with asked(name) as it:
        seen = await it.source.observe(it.instrument(), CLOSED_MS)
        truth = it.truth()
        assert seen.mark == pytest.approx(truth.mark(NOW_MS), rel=1e-9)
        assert seen.open_interest.at_ms[-1] == NOW_MS
        assert seen.open_interest.quantity[-1] == pytest.approx(truth.open_interest_now(NOW_MS))
        assert seen.funding.at_ms[-1] == NOW_MS
        assert seen.funding.rate[-1] == pytest.approx(truth.funding_now(NOW_MS)[1], abs=1e-9)
        assert seen.observed_at == it.clock.now()
        assert seen.gaps == ()
        assert not seen.simulated
        assert len(seen.candles) == 0


@pytest.mark.parametrize(("off_ms", "told"), [(-3_000, True), (-1_500, False), (1_500, False)])
async def test_what_is_on_the_hour_was_settled(off_ms: int, *, told: bool) -> None:
    async with asked("bitget") as it:
        hour_ms = NOW_MS // HOUR_MS * HOUR_MS + HOUR_MS
        it.step((hour_ms + off_ms - NOW_MS) / 1000)
        seen = await it.source.observe(it.instrument(), hour_ms - HOUR_MS)
        assert (hour_ms + off_ms in seen.funding.at_ms) is told


@every_venue
@pytest.mark.parametrize("off_ms", [-1_500, 0, 1_500])
async def test_what_stands_at_a_candles_end_is_as_the_past_tells_it(name: str, off_ms: int) -> None:
    async with asked(name) as it:
        it.step((CLOSED_MS + FIVE_MINUTES_MS + off_ms - NOW_MS) / 1000)
        first = await it.source.observe(it.instrument(), CLOSED_MS)
        it.step(30)
        second = await it.source.observe(it.instrument(), CLOSED_MS)
        end = integers([CLOSED_MS + FIVE_MINUTES_MS])
        told = [each.open_interest.at(end)[0] for each in (first, second)]
        known = [each for each in told if not np.isnan(each)]
        assert known
        if name in WITH_INTEREST_HISTORY:
            assert known == pytest.approx([it.truth().open_interest(end)[0]] * len(known))


@every_venue
async def test_it_looks_at_the_book_now_and_then(name: str) -> None:
    async with asked(name, book_every_s=60.0) as it:
        first = await it.source.observe(it.instrument(), CLOSED_MS)
        assert first.book is not None
        bids, asks = it.truth().book(NOW_MS, first.book.bid_price.size)
        assert first.book.bid_price[0] == pytest.approx(bids[0][0])
        assert first.book.bid_quantity[0] == pytest.approx(bids[0][1])
        assert first.book.ask_quantity[0] == pytest.approx(asks[0][1])
        it.step(30)
        assert (await it.source.observe(it.instrument(), CLOSED_MS)).book is None
        it.step(30)
        assert (await it.source.observe(it.instrument(), CLOSED_MS)).book is not None


@every_venue
async def test_it_recalls_what_was_over_many_pages(name: str) -> None:
    async with asked(name) as it:
        from_ms = CLOSED_MS - 2 * DAY_MS
        past = await it.source.recall(it.instrument(), from_ms, CLOSED_MS)
        truth = it.truth()
        agree(past.candles, truth.candles(FIVE_MINUTES_MS, from_ms, CLOSED_MS, NOW_MS))
        assert np.isnan(past.mark)
        assert past.book is None
        at_ms, rates = truth.funding(from_ms, CLOSED_MS)
        np.testing.assert_array_equal(past.funding.at_ms, at_ms)
        np.testing.assert_allclose(past.funding.rate, rates, atol=1e-9)
        if name in WITH_INTEREST_HISTORY:
            stamps = integers(np.arange(from_ms, CLOSED_MS + 1, FIVE_MINUTES_MS))
            told = past.open_interest.at(stamps)
            np.testing.assert_allclose(told[:-1], truth.open_interest(stamps)[:-1], rtol=1e-9)
        else:
            assert len(past.open_interest) == 0
        assert it.server.violations == []


@every_venue
async def test_between_two_closes_a_poll_is_cheap(name: str) -> None:
    async with asked(name, markets=5, book_every_s=3600.0) as it:
        instruments = await it.source.instruments()
        for each in instruments:
            await it.source.observe(each, CLOSED_MS)
        it.step(30)
        before = it.server.count()
        for each in instruments:
            await it.source.observe(each, CLOSED_MS)
        # Three bulk answers at most, and one question a market where interest is told singly.
        assert it.server.count() - before <= 3 + len(instruments) * (name == "binance")


@every_venue
async def test_a_new_candle_is_asked_for_once_it_has_closed(name: str) -> None:
    async with asked(name) as it:
        assert len((await it.source.observe(it.instrument(), CLOSED_MS)).candles) == 0
        it.step((CLOSED_MS + FIVE_MINUTES_MS - NOW_MS) / 1000 + 5)
        seen = await it.source.observe(it.instrument(), CLOSED_MS)
        assert seen.candles.opened_ms.tolist() == [CLOSED_MS]
        again = await it.source.observe(it.instrument(), CLOSED_MS + FIVE_MINUTES_MS)
        assert len(again.candles) == 0


@every_venue
async def test_brackets_hold_together_or_are_not_told(name: str) -> None:
    async with asked(name) as it:
        brackets = await it.source.brackets(it.instrument())
        assert (brackets is None) == (name == "binance")
        if brackets is not None:
            assert brackets.max_leverage >= 20
            assert brackets.source
        assert it.server.violations == []


@every_venue
async def test_it_is_asked_nothing_that_it_does_not_know_and_no_key_is_needed(name: str) -> None:
    async with asked(name) as it:
        await it.source.observe(it.instrument(), CLOSED_MS - HOUR_MS)
        await it.source.brackets(it.instrument())
        assert it.server.violations == []
        assert it.source.condition.answers == it.server.count()
        assert it.source.condition.failures == {}
        assert it.source.condition.latency_s > 0
        assert 0 < it.source.condition.load < 1


def test_their_settings_are_alike_but_where_positions_are_public() -> None:
    own = {name: EXCHANGES[name].settings for name in VENUES}
    assert own.pop("hyperliquid") is AddressedSettings
    assert set(own.values()) == {CcxtSettings}


def agree(told: Candles, truth: Candles) -> None:
    np.testing.assert_array_equal(told.opened_ms, truth.opened_ms)
    for column in ("open", "high", "low", "close", "volume"):
        np.testing.assert_allclose(getattr(told, column), getattr(truth, column), rtol=1e-9)
    if not np.all(np.isnan(told.taker_buy_volume)):
        np.testing.assert_allclose(told.taker_buy_volume, truth.taker_buy_volume, rtol=1e-9)
