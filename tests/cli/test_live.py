"""A market as the exchanges tell of it now, or as the archive does of a moment."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liqbot.market.units import DAY_MS, HOUR_MS, MINUTE_MS, moment_of
from tests.cli.conftest import Liqbot
from tests.cli.venues import config_at, serving
from tests.fakes.exchange_server import ExchangeServer
from tests.fakes.faults import Fault


@pytest.fixture(scope="module")
def serving_all() -> Iterator[ExchangeServer]:
    with serving() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def server(
    serving_all: ExchangeServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ExchangeServer]:
    monkeypatch.delenv("LIQBOT_DATABASE_URL", raising=False)
    yield serving_all
    serving_all.faults.clear()


def told(liqbot: Liqbot, *arguments: object) -> dict[str, Any]:
    done = liqbot("levels", *arguments, "--json", "-")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def iso(at_ms: int) -> str:
    return f"{moment_of(at_ms):%Y-%m-%dT%H:%M:%SZ}"


def test_a_live_market_is_listed_and_no_database_is_made(
    liqbot: Liqbot, server: ExchangeServer, tmp_path: Path
) -> None:
    config = config_at(tmp_path, server.url)
    listed = liqbot("levels", "BTC", "--config", config)
    assert listed.code == 0
    assert listed.out.startswith("BTC ")
    assert "✓ Binance  ✓ Bybit" in listed.out
    assert "SIMULATED" not in listed.out
    assert listed.err.startswith("Asking the exchanges: ")
    assert not (tmp_path / "state").exists()


def test_a_live_market_is_drawn_as_it_is_now(
    liqbot: Liqbot, server: ExchangeServer, tmp_path: Path
) -> None:
    config, out = config_at(tmp_path, server.url), tmp_path / "eth.png"
    drawn = liqbot(
        "heatmap", "bybit:eth", "--config", config, "--out", out, "--json", tmp_path / "eth.json"
    )
    assert drawn.code == 0, drawn.err
    assert out.read_bytes().startswith(b"\x89PNG")
    seen = json.loads((tmp_path / "eth.json").read_text("utf-8"))
    assert seen["venues"] == ["bybit"]
    truth = server.world.listing("bybit", "ETH").mark(server.world.now_ms)
    assert seen["mark"] == pytest.approx(truth, rel=0.01)
    assert 0 <= seen["data_age_s"] < 300


def test_one_venue_that_fails_is_told_and_left_out(
    liqbot: Liqbot, server: ExchangeServer, tmp_path: Path
) -> None:
    server.faults.add(Fault(kind="500", venue="binance"))
    listed = liqbot("levels", "BTC", "--config", config_at(tmp_path, server.url))
    assert listed.code == 0
    assert "SINGLE VENUE: Bybit" in listed.out
    assert "binance is left out: binance" in listed.err


def test_nobody_who_answers_is_one_line_and_exit_code_1(liqbot: Liqbot, tmp_path: Path) -> None:
    failed = liqbot("levels", "BTC", "--config", config_at(tmp_path, "http://127.0.0.1:9"))
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.startswith("Nobody told of BTC: ")
    assert "binance cannot be reached" in failed.err
    assert failed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["BTT"], "There is no market “BTT”. Did you mean BTC?"),
        (["BTC", "--venue", "bybitt"], "There is no venue “bybitt”. Did you mean bybit?"),
        (["BTC", "--age", "old"], "“old” is not a span of time. Try 90m, 24h, 7d or 2w."),
    ],
)
def test_what_is_not_there_is_told_what_is(
    words: list[str], said: str, liqbot: Liqbot, server: ExchangeServer, tmp_path: Path
) -> None:
    failed = liqbot("levels", *words, "--config", config_at(tmp_path, server.url))
    assert (failed.code, failed.out, failed.err) == (2, "", f"{said}\n")


def test_what_the_archive_holds_is_not_asked_again_and_what_comes_is_kept(
    liqbot: Liqbot, server: ExchangeServer, tmp_path: Path
) -> None:
    config = config_at(tmp_path, server.url)
    assert liqbot("migrate", "--config", config).code == 0
    first = told(liqbot, "BTC", "--config", config)
    with sqlite3.connect(tmp_path / "state" / "liqbot.db") as database:
        (bars,) = database.execute("SELECT count(*) FROM bars").fetchone()
    assert bars == pytest.approx(2 * 2 * DAY_MS / (5 * MINUTE_MS), abs=30)
    before = server.count(endpoint="klines")
    again = told(liqbot, "BTC", "--config", config)
    assert server.count(endpoint="klines") - before <= 2  # the newest, and what was never told
    assert again["venues"] == first["venues"]
    assert again["ledger"]["deposited"] == pytest.approx(first["ledger"]["deposited"], rel=0.01)


def test_a_moment_of_the_past_is_read_from_the_archive_alone(
    liqbot: Liqbot, server: ExchangeServer, tmp_path: Path
) -> None:
    config = config_at(tmp_path, server.url)
    liqbot("migrate", "--config", config)
    told(liqbot, "BTC", "--config", config)
    before = server.count()
    at = iso(server.world.now_ms // HOUR_MS * HOUR_MS - 12 * HOUR_MS)
    assert told(liqbot, "BTC", "--config", config, "--at", at)["at"] == at
    assert "AS OF " in liqbot("levels", "BTC", "--config", config, "--at", at).out
    assert server.count() == before
    early = iso(server.world.begin_ms - DAY_MS)
    failed = liqbot("levels", "BTC", "--config", config, "--at", early)
    assert failed.code == 2
    assert "BTC is recorded from" in failed.err
    failed = liqbot("levels", "ETH", "--config", config, "--at", at)
    assert (failed.code, failed.err) == (2, "There is no market “ETH”. There is BTC.\n")


def test_a_moment_of_the_past_without_an_archive_says_what_to_run(
    liqbot: Liqbot, server: ExchangeServer, tmp_path: Path
) -> None:
    config = config_at(tmp_path, server.url)
    failed = liqbot("levels", "BTC", "--config", config, "--at", "2026-01-01")
    assert failed.code == 1
    assert "there is no archive yet; run: liqbot run; or name a recording" in failed.err


def test_an_archive_that_cannot_be_used_is_told_and_done_without(
    liqbot: Liqbot, server: ExchangeServer, tmp_path: Path
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "liqbot.db").touch()
    listed = liqbot("levels", "BTC", "--config", config_at(tmp_path, server.url))
    assert listed.code == 0
    assert "The archive is left out: " in listed.err
    assert "run: liqbot migrate" in listed.err


def test_a_simulated_market_is_told_to_be(liqbot: Liqbot, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    state = tmp_path / "state"
    config.write_text(f'[operations]\nstate_dir = "{state}"\n[exchanges.simulated]\ndays = 1\n')
    assert told(liqbot, "okx:BTC", "--config", config)["simulated"] is True
