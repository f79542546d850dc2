"""A market's history at a moment, as if nothing had followed: on recordings, cut and whole."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from liqbot.heatmap.history import History, recall
from liqbot.market.book import OrderBook
from liqbot.market.observation import Observation
from liqbot.market.recording.reader import Recording
from liqbot.market.recording.writer import write_recording
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, Side, moment_of
from tests.builders import FIVE_MINUTES_MS, START_MS, a_liquidation, same, some_funding
from tests.walks import QUICK, a_walk, by, without


def recalled(seen: Sequence[Observation], window_ms: int = DAY_MS) -> History:
    return recall("BTC", seen, QUICK, window_ms, bin_width=0.01)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Return two venues' two days, told in different ways."""
    folder = tmp_path_factory.mktemp("recorded")
    one = a_walk(2 * 288, seed=1, funding=some_funding([1e-4, 2e-4, -1e-4] * 16))
    orders = [
        a_liquidation(side, at_ms=START_MS + minute * MINUTE_MS + 1234, price=100.0)
        for minute, side in zip(range(3, 2880, 47), list(Side) * 31, strict=False)
    ]
    book = OrderBook.of(START_MS + 2 * DAY_MS - 7, [(99.0, 5.0)], [(101.0, 5.0)])
    other = a_walk(2 * 288, seed=2, venue="okx", tape=Tape.of(orders), book=book)
    write_recording(folder, [one, without(other, 100, 101, 300)], simulated=False)
    return Recording.open(folder)


def read(recording: Recording, until_ms: int | None = None) -> Sequence[Observation]:
    return [recording.read(each, until_ms) for each in recording.instruments_of("BTC")]


@pytest.mark.parametrize(
    "at_ms",
    [
        START_MS + 2 * FIVE_MINUTES_MS,
        START_MS + 17 * HOUR_MS + 123_456,  # inside a bar
        START_MS + 101 * FIVE_MINUTES_MS,  # inside a hole of one venue
        START_MS + 2 * DAY_MS - 1,
        START_MS + 2 * DAY_MS,
    ],
)
def test_a_moment_is_recalled_as_if_nothing_had_followed(
    recorded: Recording, tmp_path: Path, at_ms: int
) -> None:
    write_recording(tmp_path, (by(at_ms, each) for each in read(recorded)), simulated=False)
    then = recalled(read(Recording.open(tmp_path), at_ms))
    now = recalled(read(recorded, at_ms))
    assert then.at == now.at == moment_of(at_ms)
    assert now.ledger.deposited.sum() > 0
    assert same(now, then)


def test_past_columns_are_never_painted_anew(recorded: Recording) -> None:
    whole = recalled(read(recorded), window_ms=2 * DAY_MS).heatmap
    for at_ms in (START_MS + 30 * HOUR_MS, START_MS + 47 * HOUR_MS + 1):
        part = recalled(read(recorded, at_ms), window_ms=2 * DAY_MS).heatmap
        count = part.opened_ms.size
        assert np.array_equal(part.opened_ms, whole.opened_ms[:count])
        assert count == (at_ms - START_MS) // FIVE_MINUTES_MS
        shared = part.grid.first - whole.grid.first
        assert shared >= 0
        past = whole.usd[:, :count, shared : shared + part.grid.bins]
        assert past.any()
        assert np.array_equal(part.usd, past)
        np.testing.assert_allclose(part.swept_usd, whole.swept_usd[:, :count], rtol=1e-9)
