"""Whatever goes wrong on a venue, what is told is right or nothing is told, and it comes back."""

from contextlib import suppress
from datetime import timedelta

import numpy as np
import pytest

from liqbot.errors import SourceDelayed, SourceError, SourceRefused, SourceUnreadable
from liqbot.market.observation import Observation
from liqbot.market.units import HOUR_MS, MINUTE_MS
from tests.exchanges.venues import CLOSED_MS, NOW_MS, Asked, asked
from tests.fakes.exchange_server import VENUES
from tests.fakes.exchange_server import Asked as Question
from tests.fakes.faults import Fault, Kind
from tests.waiting import PATIENCE_S

FIVE_MINUTES_MS = 5 * MINUTE_MS
every_venue = pytest.mark.parametrize("name", VENUES)


async def poll(it: Asked) -> Observation:
    return await it.source.observe(it.instrument(), CLOSED_MS - HOUR_MS)


async def recovers(it: Asked, within_s: float = 60) -> None:
    """Mend everything; see that two polls later all is told again."""
    it.server.faults.clear()
    for _ in range(2):
        it.step(within_s / 2)
        try:
            seen = await poll(it)
        except SourceError:
            continue
        right(it, seen)
        assert it.source.condition.failing == ""
        return
    pytest.fail("still delayed")


def right(it: Asked, seen: Observation) -> None:
    """See that every candle that is told is true."""
    theirs_ms = it.server.world.now_ms
    truth = it.truth().candles(FIVE_MINUTES_MS, CLOSED_MS - HOUR_MS, theirs_ms, theirs_ms)
    closed = truth.until(theirs_ms)
    known = ~np.isnan(seen.candles.close)
    places = np.searchsorted(closed.opened_ms, seen.candles.opened_ms)
    assert np.all(places < len(closed))
    for column in ("opened_ms", "open", "high", "low", "close", "volume"):
        told, true = getattr(seen.candles, column)[known], getattr(closed, column)[places][known]
        np.testing.assert_allclose(told, true, rtol=1e-9)


@every_venue
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("timeout", "timeout"),
        ("500", "unavailable"),
        ("503", "unavailable"),
        ("refused", "network"),
        ("html", "unreadable"),
        ("truncated", "unreadable"),
    ],
)
@pytest.mark.parametrize("endpoint", ["candles", None])
async def test_a_fault_is_told_apart_counted_and_over_when_it_is_over(
    name: str, fault: Kind, kind: str, endpoint: str | None
) -> None:
    async with asked(name, timeout_s=0.4 if fault == "timeout" else PATIENCE_S) as it:
        await it.source.instruments()
        it.server.faults.add(Fault(kind=fault, venue=name, endpoint=endpoint))
        with pytest.raises(SourceError) as raised:
            await poll(it)
        assert raised.value.kind == kind
        assert name in str(raised.value)
        assert it.source.condition.failures == {kind: 1}
        assert it.source.condition.failing == str(raised.value)
        await recovers(it)


@every_venue
@pytest.mark.parametrize(("fault", "kind"), [("429", "rate_limit"), ("418", "banned")])
async def test_a_ban_stops_everything_at_once_until_the_venue_says(
    name: str, fault: Kind, kind: str
) -> None:
    async with asked(name) as it:
        await it.source.instruments()
        it.server.faults.add(Fault(kind=fault, venue=name, retry_after=17))
        with pytest.raises(SourceDelayed) as raised:
            await poll(it)
        until = it.clock.now() + timedelta(seconds=17)
        assert (raised.value.kind, raised.value.retry_at) == (kind, until)
        assert it.source.condition.paused_until == until
        asked_before = it.server.count()
        it.step(16)
        with pytest.raises(SourceDelayed) as raised:
            await poll(it)
        assert (raised.value.kind, raised.value.retry_at) == ("paused", until)
        assert it.server.count() == asked_before
        await recovers(it)


@every_venue
@pytest.mark.parametrize("fault", ["empty", "shuffled", "duplicated"])
async def test_rows_that_are_missing_shuffled_or_twice_make_nothing_wrong(
    name: str, fault: Kind
) -> None:
    async with asked(name) as it:
        await it.source.instruments()
        it.server.faults.add(Fault(kind=fault, venue=name, endpoint="candles"))
        seen = await poll(it)
        right(it, seen)
        told = np.count_nonzero(~np.isnan(seen.candles.close))
        assert told == (0 if fault == "empty" else 12)
        await recovers(it)


@every_venue
async def test_rows_full_of_nulls_are_unknown_or_make_the_answer_unreadable(name: str) -> None:
    async with asked(name) as it:
        await it.source.instruments()
        it.server.faults.add(Fault(kind="nulls", venue=name, endpoint="candles"))
        try:
            seen = await poll(it)
        except SourceUnreadable:
            pass
        else:
            right(it, seen)
            assert np.count_nonzero(~np.isnan(seen.candles.close)) == 6
        await recovers(it)


@every_venue
@pytest.mark.parametrize("fault", ["empty", "html"])
async def test_a_list_of_markets_that_makes_no_sense_is_asked_for_again(
    name: str, fault: Kind
) -> None:
    if (name, fault) == ("dydx", "empty"):
        pytest.skip("it tells a mapping, which has no rows to take away")
    async with asked(name) as it:
        it.server.faults.add(Fault(kind=fault, venue=name, endpoint="instruments"))
        with pytest.raises(SourceError):
            await poll(it)
        await recovers(it)


@every_venue
async def test_a_list_of_markets_with_holes_is_asked_for_again(name: str) -> None:
    async with asked(name, markets=4) as it:
        it.server.faults.add(Fault(kind="nulls", venue=name, endpoint="instruments"))
        for base in it.server.world.bases:
            try:
                await it.source.observe(it.instrument(base), CLOSED_MS)
            except SourceError:
                break
        else:
            pytest.fail("no hole")
        await recovers(it)
        assert len(await it.source.instruments()) == 4


@every_venue
@pytest.mark.parametrize("fault", ["empty", "html", "500"])
async def test_a_list_that_was_known_holds_while_no_better_one_comes(
    name: str, fault: Kind
) -> None:
    async with asked(name) as it:
        known = await it.source.instruments()
        it.server.faults.add(Fault(kind=fault, venue=name, endpoint="instruments"))
        it.step(2 * 3600)
        assert await it.source.instruments() == known


@every_venue
async def test_a_market_that_is_delisted_is_refused_and_the_others_go_on(name: str) -> None:
    async with asked(name) as it:
        await poll(it)
        it.server.faults.add(Fault(kind="delisted", venue=name, market="BTC"))
        for _ in range(8):
            it.step(300)
            with pytest.raises(SourceError) as raised:
                await poll(it)
        assert isinstance(raised.value, SourceRefused)
        other = await it.source.observe(it.instrument("ETH"), CLOSED_MS)
        assert other.mark > 0
        it.step(3600)
        assert it.instrument() not in await it.source.instruments()
        it.server.faults.clear()
        it.step(60)
        assert (await poll(it)).mark > 0


@every_venue
async def test_a_market_that_never_was_is_refused(name: str) -> None:
    async with asked(name) as it:
        with pytest.raises(SourceRefused, match="does not list NONE/"):
            await it.source.observe(it.instrument("BTC").__class__(name, "NONE", "USDT"), CLOSED_MS)


@every_venue
@pytest.mark.parametrize("ahead_s", [90.0, -90.0])
async def test_a_clock_of_ours_that_is_wrong_is_told_and_drops_nothing(
    name: str, ahead_s: float
) -> None:
    async with asked(name, ahead_s=ahead_s) as it:
        seen = await poll(it)
        assert it.source.condition.skew_s == pytest.approx(-ahead_s, abs=1.1)
        assert seen.candles.closed_ms[-1] == CLOSED_MS
        right(it, seen)


@every_venue
async def test_a_clock_of_theirs_that_is_wrong_makes_no_candle_look_closed(name: str) -> None:
    async with asked(name) as it:
        await it.source.instruments()
        it.server.faults.add(Fault(kind="skewed", venue=name, seconds=90))
        seen = await poll(it)
        assert it.source.condition.skew_s == pytest.approx(90, abs=1.1)
        assert seen.candles.closed_ms[-1] <= NOW_MS + 90_000


@every_venue
@pytest.mark.parametrize("fault", ["html", "truncated", "nulls", "empty", "hundredfold"])
async def test_nothing_but_our_errors_comes_of_any_fault_anywhere(name: str, fault: Kind) -> None:
    async with asked(name) as it:
        await it.source.instruments()
        ends = dict.fromkeys(each.endpoint for each in await everything(it))
        assert len(ends) > 1
        for end in ends:
            standing = it.server.faults.add(Fault(kind=fault, venue=name, endpoint=end))
            await everything(it)
            it.server.faults.remove(standing)
            it.step(61)


async def everything(it: Asked) -> list[Question]:
    """Ask all that can be asked; return what the venue was asked."""
    before = it.server.count()
    for question in (
        poll(it),
        it.source.recall(it.instrument(), CLOSED_MS - HOUR_MS, CLOSED_MS),
        it.source.brackets(it.instrument()),
    ):
        with suppress(SourceError):
            await question
    return list(it.server.requests)[before:]
