"""The jobs of the bot, for a while, on a recording that is being made."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from liqbot.cli.recorder import Order, record
from liqbot.clock import SystemClock
from liqbot.config.reading import load
from liqbot.errors import SourceDelayed, UnknownName
from liqbot.market.recording.reader import Recording
from liqbot.market.units import DAY_MS, MINUTE_MS
from tests.builders import same
from tests.cli.venues import config_at, serving
from tests.fakes.exchange_server import ExchangeServer
from tests.fakes.faults import Fault

NONE = timedelta(0)


@pytest.fixture(scope="module")
def serving_all() -> Iterator[ExchangeServer]:
    with serving() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def server(serving_all: ExchangeServer) -> Iterator[ExchangeServer]:
    yield serving_all
    serving_all.faults.clear()


def order(folder: Path, *markets: str, seconds: float = 2.0, past: timedelta = NONE) -> Order:
    out = folder / "recording"
    out.mkdir(exist_ok=True)
    return Order(folder=out, markets=markets, span=timedelta(seconds=seconds), past=past)


class Progress(list[tuple[float, str]]):
    """What was told of how far it is."""

    def __call__(self, share: float, told: str = "") -> None:
        self.append((share, told))


async def test_what_the_venues_tell_is_read_back(server: ExchangeServer, tmp_path: Path) -> None:
    given, tell = order(tmp_path, "BTC", "bybit:ETH"), Progress()
    done = await record(given, load(config_at(tmp_path, server.url)), SystemClock(), tell)
    assert done.remarks == ()
    recording = Recording.open(given.folder)
    names = [f"{each.venue}:{each.base}" for each in recording.instruments]
    assert names == ["binance:BTC", "bybit:BTC", "bybit:ETH"]
    for kept in done.seen:
        read = recording.read(kept.instrument)
        for name in ("candles", "mark_candles", "open_interest", "funding", "tape", "book"):
            assert same(getattr(read, name), getattr(kept, name)), name
        assert len(read.candles) >= 10  # an hour comes with the first answer
        assert read.book is not None
        assert not read.simulated
    shares = [share for share, _ in tell]
    assert shares == sorted(shares)
    assert 1 <= shares[-1] < 2
    assert tell[-1][1].endswith(" answers, 0 forced orders")


async def test_the_past_is_asked_for(server: ExchangeServer, tmp_path: Path) -> None:
    given = order(tmp_path, "BTC", seconds=8.0, past=timedelta(days=1))
    done = await record(given, load(config_at(tmp_path, server.url)), SystemClock(), Progress())
    assert done.remarks == ()
    for each in done.seen:
        midnight = server.world.now_ms // DAY_MS * DAY_MS
        assert each.candles.opened_ms[0] == midnight - DAY_MS
        assert set(each.candles.opened_ms[1:] - each.candles.opened_ms[:-1]) == {5 * MINUTE_MS}


async def test_a_past_that_came_in_part_is_told(server: ExchangeServer, tmp_path: Path) -> None:
    config = load(config_at(tmp_path, server.url))
    given = order(tmp_path, "BTC", seconds=0.1, past=timedelta(days=30))
    done = await record(given, config, SystemClock(), Progress())
    assert done.remarks[-1].startswith("Of the past 0% came; go on with the same --out")


async def test_a_venue_that_fails_is_told_and_the_others_recorded(
    server: ExchangeServer, tmp_path: Path
) -> None:
    server.faults.add(Fault(kind="500", venue="binance"))
    given = order(tmp_path, "BTC")
    done = await record(given, load(config_at(tmp_path, server.url)), SystemClock(), Progress())
    assert [each.instrument.venue for each in done.seen] == ["bybit"]
    (remark,) = done.remarks
    assert remark.startswith("binance: ")


async def test_a_market_that_nobody_lists_is_told_before_anything_is_made(
    server: ExchangeServer, tmp_path: Path
) -> None:
    given = order(tmp_path, "BTC", "BTT")
    with pytest.raises(UnknownName, match=r"“BTT”\. Did you mean BTC"):
        await record(given, load(config_at(tmp_path, server.url)), SystemClock(), Progress())
    assert list(given.folder.iterdir()) == []


async def test_where_nobody_answers_each_is_told(tmp_path: Path) -> None:
    config, given = load(config_at(tmp_path, "http://127.0.0.1:9")), order(tmp_path, "BTC")
    with pytest.raises(SourceDelayed, match=r"Nobody can be asked: binance.*; bybit") as caught:
        await record(given, config, SystemClock(), Progress())
    assert caught.value.kind == "unavailable"
    assert list(given.folder.iterdir()) == []


async def test_where_nothing_came_the_venues_say_why(
    server: ExchangeServer, tmp_path: Path
) -> None:
    config, given = load(config_at(tmp_path, server.url)), order(tmp_path, "BTC")
    server.faults.add(Fault(kind="500", market="BTC"))
    with pytest.raises(SourceDelayed, match=r"nothing came: binance: .*; bybit: "):
        await record(given, config, SystemClock(), Progress())
    assert list(given.folder.iterdir()) == []


async def test_what_is_there_already_is_gone_on_with(
    server: ExchangeServer, tmp_path: Path
) -> None:
    config, given = load(config_at(tmp_path, server.url)), order(tmp_path, "BTC")
    await record(given, config, SystemClock(), Progress())
    server.faults.add(Fault(kind="500", venue="binance"))
    done = await record(replace(given, markets=("ETH",)), config, SystemClock(), Progress())
    told = {f"{each.instrument.venue}:{each.instrument.base}" for each in done.seen}
    assert told == {"binance:BTC", "bybit:BTC", "bybit:ETH"}
    assert len(Recording.open(given.folder).instruments) == 3
