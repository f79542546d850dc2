"""An archive that keeps two observations tells what joining them in memory does."""

from dataclasses import replace
from itertools import count

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liqbot.market.archive import Archive
from liqbot.market.joining import joined
from liqbot.market.observation import Observation
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, MINUTE_MS, Price, Side
from tests.builders import FIVE_MINUTES_MS, START_MS, a_liquidation, an_observation, same

NAN = float("nan")
VALUES = st.sampled_from([NAN, 0.1, 1.0, 2.5, 1e-9, 123_456.789])

_numbers = count()


@st.composite
def candles(draw: st.DrawFn, *, volumes: bool = True) -> Candles:
    slots = draw(st.lists(st.integers(0, 8), unique=True, max_size=6).map(sorted))
    closes = np.array([draw(VALUES) for _ in slots])
    told = [[draw(VALUES) if volumes else NAN for _ in slots] for _ in range(2)]
    columns = {"open": closes, "high": closes * 1.01, "low": closes * 0.98, "close": closes}
    stamps = {"opened_ms": START_MS + FIVE_MINUTES_MS * np.array(slots, np.int64)}
    both = {"volume": told[0], "taker_buy_volume": told[1]}
    return Candles.mended(FIVE_MINUTES_MS, stamps | columns | both)[0]


@st.composite
def samples(draw: st.DrawFn) -> tuple[list[int], list[float]]:
    minutes = draw(st.lists(st.integers(0, 45), unique=True, max_size=6).map(sorted))
    return [START_MS + MINUTE_MS * each for each in minutes], [draw(VALUES) for _ in minutes]


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    (at_ms, quantity), (told_ms, rate) = draw(samples()), draw(samples())
    orders = st.builds(
        a_liquidation,
        st.sampled_from(Side),
        at_ms=st.integers(START_MS, START_MS + 3),
        price=st.sampled_from([1.0, 2.0]),
    )
    return an_observation(
        draw(candles()),
        mark=Price(NAN),
        mark_candles=draw(st.none() | candles(volumes=False).filter(len)),
        open_interest=OpenInterest.mended({"at_ms": at_ms, "quantity": quantity})[0],
        funding=Funding.mended({"at_ms": told_ms, "rate": rate})[0],
        tape=Tape.of(draw(st.lists(orders, max_size=6))),
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seen=st.lists(observations(), min_size=1, max_size=3))
async def test_keeping_is_joining(archive: Archive, seen: list[Observation]) -> None:
    base = f"BASE{next(_numbers)}"
    seen = [replace(each, instrument=replace(each.instrument, base=base)) for each in seen]
    whole = seen[0]
    for each in seen[1:]:
        whole = joined(whole, each)
    for each in seen:
        await archive.keep(each)
    read = await archive.read(whole.instrument, START_MS, START_MS + DAY_MS)
    read = replace(read, observed_at=whole.observed_at, mark=whole.mark, gaps=())
    assert same(_sorted(read), _sorted(whole))


def _sorted(seen: Observation) -> Observation:
    """Put orders of one millisecond in an order: no venue tells which was first."""
    tape = seen.tape
    order = np.lexsort((tape.quantity, tape.price, tape.side, tape.at_ms))
    rows = {name: getattr(tape, name)[order] for name in ("at_ms", "side", "price", "quantity")}
    return replace(seen, tape=Tape.mended(rows)[0])
