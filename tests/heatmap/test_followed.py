"""Clusters that are followed on after a start."""

import json
import zlib
from base64 import b64decode, b64encode

import pytest

from liqbot.heatmap.followed import decoded, encoded
from liqbot.heatmap.history import History, recall
from liqbot.heatmap.lookback import Lookback
from liqbot.market.units import DAY_MS
from tests.builders import same
from tests.walks import QUICK, a_walk, by

WALK = a_walk(5 * 288 + 100, volatility=0.001)


def recalled(bars: int, before: Lookback | None = None) -> History:
    seen = by(int(WALK.candles.closed_ms[bars - 1]), WALK)
    return recall("BTC", [seen], QUICK, DAY_MS, bin_width=0.01, before=before)


LOOKBACK = recalled(4 * 288 + 50, recalled(3 * 288).lookback).lookback


def test_who_reads_what_was_written_goes_on_as_if_it_had_never_stopped() -> None:
    again = decoded(encoded(LOOKBACK))
    assert LOOKBACK.settled.tracks
    assert LOOKBACK.settled.events
    assert same(again.settled, LOOKBACK.settled)
    assert again.settled_ms == LOOKBACK.settled_ms
    steady, started = (recalled(5 * 288 + 70, each) for each in (LOOKBACK, again))
    assert same(started, steady)
    assert not same(started.tracking.ids, recalled(5 * 288 + 70).tracking.ids)


def test_what_is_written_is_small() -> None:
    assert len(encoded(LOOKBACK)) < 2_000 * len(LOOKBACK.settled.tracks)


def packed(text: str) -> str:
    return b64encode(zlib.compress(text.encode())).decode()


def changed(**changes: object) -> str:
    plain = json.loads(zlib.decompress(b64decode(encoded(LOOKBACK))))
    return packed(json.dumps(plain | changes))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "nonsense",
        "nönsense",
        encoded(LOOKBACK)[:-8],
        encoded(LOOKBACK)[:-9],
        packed("[]"),
        packed("{}"),
        packed("{"),
        changed(form=2),
        changed(tracks=[["one"]]),
        changed(tracks=None),
        changed(events=[["exploded", "it", 0, {}, None]]),
    ],
)
def test_what_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        decoded(written)
