"""A recording as it was at a moment."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from liqbot.cli.look import chart_named, look, model_in, moment, settings, view_of
from liqbot.config.shape import Config
from liqbot.errors import (
    ConfigError,
    LiqbotError,
    ModelError,
    OutOfRange,
    RecordingError,
    UnknownName,
    Unreadable,
)
from liqbot.heatmap.model import Model
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, HOUR_MS
from tests.builders import START_MS, same, some_open_interest

A_DAY = timedelta(days=1)


def venues_of(recording: Path, market: str, venue: str = "all") -> list[str]:
    seen = look(recording, market, venue)
    return [each.instrument.venue for each in seen.observations]


@pytest.mark.parametrize("market", ["BTC", "btc", "BTCUSDT", "btc/usdt", "BTC/USDT:USDT", "xbt"])
def test_a_market_is_forgiven_how_it_is_written(recording: Path, market: str) -> None:
    assert look(recording, market).base == "BTC"
    assert venues_of(recording, market) == ["binance", "okx"]


@pytest.mark.parametrize(
    ("market", "venue"),
    [("BTC", "okx"), ("BTC", " OKX "), ("okx:BTC/USDT:USDT", "all"), ("okx:BTC", "okx")],
)
def test_a_venue_may_be_named_in_the_market_or_beside_it(
    recording: Path, market: str, venue: str
) -> None:
    assert venues_of(recording, market, venue) == ["okx"]


@pytest.mark.parametrize(
    ("market", "venue", "error", "told"),
    [
        ("BCT", "all", UnknownName, "no market “BCT”. Did you mean BTC"),
        ("ETH", "binance", UnknownName, "no market “ETH”. There is BTC"),
        ("BTC", "binence", UnknownName, "no venue “binence”. Did you mean binance"),
        ("bybit:BTC", "all", UnknownName, "no venue “bybit”. There is binance, okx"),
        ("okx:BTC", "binance", OutOfRange, "is on okx, and --venue asks for binance"),
        ("BTC/EUR", "all", UnknownName, "no market “BTC-EUR”. Did you mean BTC-USDT"),
        ("!", "all", Unreadable, "“!” is not a market. Try BTC"),
    ],
)
def test_what_is_not_there_is_told_what_is(
    recording: Path, market: str, venue: str, error: type[LiqbotError], told: str
) -> None:
    with pytest.raises(error, match=told):
        look(recording, market, venue)


def test_without_a_moment_it_is_the_last(recording: Path) -> None:
    assert look(recording, "BTC").at_ms == START_MS + 2 * DAY_MS


def test_nothing_later_than_the_moment_is_seen(recording: Path) -> None:
    seen = look(recording, "BTC", at="2026-01-02T06:00")
    assert seen.at_ms == START_MS + DAY_MS + 6 * HOUR_MS
    for each in seen.observations:
        assert each.candles.closed_ms[-1] == seen.at_ms
        assert each.open_interest.at_ms[-1] == seen.at_ms


def test_a_moment_outside_what_the_venue_tells_is_refused(recording: Path) -> None:
    with pytest.raises(OutOfRange, match="BTC is recorded from 2026-01-01T00:05Z to 2026-01-03T00"):
        look(recording, "BTC", "okx", "2026-01-04")
    assert moment(look(recording, "BTC").recording, "BTC", "2026-01-03") == START_MS + 2 * DAY_MS


def test_a_history_is_recalled_at_its_range_and_age(recording: Path) -> None:
    seen = look(recording, "BTC")
    whole = seen.recall(Model(), A_DAY, None)
    young = seen.recall(Model(), A_DAY, timedelta(hours=6))
    assert whole.heatmap.opened_ms.size >= 288
    assert young.heatmap.opened_ms.size == 72
    assert 0 < young.snapshot.total.sum() < whole.snapshot.total.sum()


def test_the_bins_are_as_wide_as_set(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[heatmap]\nbin_width = 0.002\n")
    given = settings(tmp_path / "config.toml")
    assert look(recording, "ETH").recall(Model(), A_DAY, None, given).snapshot.grid.width == 0.002


def test_forced_orders_alone_show_where_price_was_and_model_nothing(only_orders: Path) -> None:
    seen = look(only_orders, "BTC")
    assert np.isnan(seen.observations[0].mark)
    bare = replace(seen.observations[0], open_interest=some_open_interest(()))
    history = replace(seen, observations=(bare,)).recall(Model(), A_DAY, None)
    assert history.snapshot.mark == bare.tape.price[-1]
    assert not np.isnan(history.candles.close).all()
    assert not history.snapshot.total.any()
    assert history.clusters == ()


def test_without_candles_or_forced_orders_there_is_no_price(only_orders: Path) -> None:
    seen = look(only_orders, "BTC")
    silent = replace(seen.observations[0], tape=Tape.of(()))
    with pytest.raises(RecordingError, match="no candles of BTC in it"):
        replace(seen, observations=(silent,)).recall(Model(), A_DAY, None)


def test_what_was_mended_is_told_with_its_venue(recording: Path) -> None:
    assert look(recording, "BTC").repairs == []


def test_a_model_is_read_from_its_file_else_from_the_settings_else_built_in(
    tmp_path: Path,
) -> None:
    mine, set_ = tmp_path / "mine.toml", tmp_path / "set.toml"
    mine.write_text(Model(version="mine").to_toml())
    set_.write_text(Model(version="set").to_toml())
    (tmp_path / "config.toml").write_text(f'[model]\nfile = "{set_}"\n')
    given = settings(tmp_path / "config.toml")
    assert model_in(mine, given).version == "mine"
    assert model_in(None, given).version == "set"
    assert same(model_in(None, settings(None)), Model())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'version = "x"\nturnoverr = 1', "model.toml: turnoverr: unknown"),
        (b"spread = 9", "model.toml: spread: 9 is outside"),
        (b"= 1", "model.toml: this is no TOML"),
        (b"\xff", "model.toml: is not UTF-8"),
    ],
)
def test_a_model_that_cannot_be_used_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "model.toml").write_bytes(content)
    with pytest.raises(ModelError, match=told):
        model_in(tmp_path / "model.toml", Config())


def test_a_model_or_settings_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no.toml: cannot be read: No such file"):
        model_in(tmp_path / "no.toml", Config())
    with pytest.raises(ConfigError, match=r"no.toml: cannot be read: No such file"):
        settings(tmp_path / "no.toml")


def test_what_is_given_wins_over_what_is_set() -> None:
    view = view_of(Config(), "3D", theme="light", colours=None)
    assert (view.range, view.theme, view.colours) == (timedelta(days=3), "light", "viridis")


@pytest.mark.parametrize(
    ("look_", "told"),
    [
        ({"theme": "drak"}, "no theme “drak”. Did you mean dark"),
        ({"colours": "virids"}, "“virids”. Did you mean viridis"),
        ({"size": "big"}, "no size “big”. There is portrait, wide, hd"),
    ],
)
def test_an_unknown_look_is_told_the_nearest(look_: dict[str, str], told: str) -> None:
    with pytest.raises(UnknownName, match=told):
        view_of(Config(), None, **look_)


def test_an_unknown_range_or_chart_is_told_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"no range “23h”. Did you mean 24h"):
        view_of(Config(), "23h")
    with pytest.raises(UnknownName, match=r"no chart “heatmpa”. Did you mean heatmap"):
        chart_named("heatmpa")
    assert chart_named("levels").name == "levels"
