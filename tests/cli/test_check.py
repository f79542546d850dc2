"""liqbot check."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from liqbot.storage.migration import newest
from tests.cli.conftest import Liqbot
from tests.cli.venues import config_at, in_a_thread, serving
from tests.fakes.exchange_server import ExchangeServer
from tests.fakes.faults import Fault
from tests.fakes.telegram.server import TelegramServer


@pytest.fixture(scope="module")
def server() -> Iterator[ExchangeServer]:
    with serving() as running:
        yield running
        assert running.violations == []


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIQBOT_DATABASE_URL", raising=False)


def row(table: str, name: str) -> str:
    """What the table tells of one thing, on one line."""
    lines = table.splitlines()
    first = next(at for at, line in enumerate(lines) if line[3:].startswith(f"{name} "))
    rest = iter(lines[first + 1 :])
    told = [lines[first]]
    for line in rest:
        if not line.startswith("   "):
            break
        told.append(line)
    return " ".join(" ".join(told).split())


def test_all_that_is_in_order_is_ticked_off(
    liqbot: Liqbot, server: ExchangeServer, tmp_path: Path
) -> None:
    config = config_at(tmp_path, server.url, markets="BTC,bybit:ETH")
    assert liqbot("migrate", "--config", config).code == 0
    checked = liqbot("check", "--config", config)
    assert (checked.code, checked.err) == (0, "")
    assert [line[0] for line in checked.out.splitlines() if line[0] != " "] == ["✓"] * 8
    assert max(map(len, checked.out.splitlines())) <= 80
    assert row(checked.out, "database").endswith(f"reachable, at {newest()}")
    assert row(checked.out, "bybit").startswith("✓ bybit 2 linear perpetuals · ")
    assert "clocks agree" in row(checked.out, "bybit")
    assert row(checked.out, "bybit:ETH") == "✓ bybit:ETH bybit ETH/USDT:USDT"


def test_what_is_not_in_order_says_what_would_help(
    liqbot: Liqbot, server: ExchangeServer, tmp_path: Path
) -> None:
    config = config_at(tmp_path, server.url, markets="BTT")
    checked = liqbot("check", "--config", config)
    assert checked.code == 1
    assert row(checked.out, "database").startswith("✗")
    assert "run: liqbot migrate" in row(checked.out, "database")
    assert row(checked.out, "BTT") == "✗ BTT There is no market “BTT”. Did you mean BTC?"
    assert row(checked.out, "binance").startswith("✓")
    assert not (tmp_path / "state" / "liqbot.db").exists()


def test_one_venue_that_fails_leaves_the_others_checked(
    liqbot: Liqbot, server: ExchangeServer, tmp_path: Path
) -> None:
    config = config_at(tmp_path, server.url)
    liqbot("migrate", "--config", config)
    server.faults.add(Fault(kind="500", venue="binance"))
    try:
        checked = liqbot("check", "--config", config)
    finally:
        server.faults.clear()
    assert checked.code == 1
    assert row(checked.out, "binance").startswith("✗ binance binance")
    assert row(checked.out, "BTC") == "✓ BTC bybit BTC/USDT:USDT"


def test_nobody_there_is_told_of_every_venue_and_market(liqbot: Liqbot, tmp_path: Path) -> None:
    checked = liqbot("check", "--config", config_at(tmp_path, "http://127.0.0.1:9"))
    assert checked.code == 1
    assert "cannot be reached" in row(checked.out, "binance")
    assert row(checked.out, "BTC") == "✗ BTC unknown: no venue told what it lists"


def test_the_simulated_market_can_be_checked_and_told_as_json(
    liqbot: Liqbot, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    state = tmp_path / "state"
    config.write_text(f'[operations]\nstate_dir = "{state}"\n[exchanges.simulated]\n')
    liqbot("migrate", "--config", config)
    checked = liqbot("check", "--config", config, "--json", "-")
    assert checked.code == 0
    told = json.loads(checked.out)
    assert told["ok"] is True
    by_name = {each["name"]: each for each in told["checks"]}
    assert by_name["okx"]["figures"]["tape"] is True
    assert by_name["okx"]["figures"]["latency_s"] is None
    assert set(by_name["BTC"]["figures"]["listed"]) >= {"binance", "okx"}


def test_a_section_that_cannot_be_opened_or_brings_a_venue_twice_is_told(
    liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    sections = (
        f'[operations]\nstate_dir = "{tmp_path}"\n[exchanges.simulated]\n[exchanges.replay]\n'
    )
    config.write_text(f'{sections}folder = "{tmp_path / "nowhere"}"\n')
    checked = liqbot("check", "--config", config)
    assert row(checked.out, "replay").endswith("there is no such folder")
    config.write_text(f'{sections}folder = "{recording}"\n')
    checked = liqbot("check", "--config", config)
    assert row(checked.out, "exchanges") == "✗ exchanges two sections bring binance; keep one"


def test_settings_that_cannot_be_read_are_exit_code_2(liqbot: Liqbot, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[exchanges.binanec]\n")
    checked = liqbot("check", "--config", config)
    assert (checked.code, checked.out) == (2, "")
    assert "did you mean binance?" in checked.err


def test_a_password_is_not_shown(
    liqbot: Liqbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIQBOT_DATABASE_URL", "postgresql://me:s3cret@127.0.0.1:1/liqbot")
    checked = liqbot("check", "--config", config_at(tmp_path, "http://127.0.0.1:9"))
    assert "postgresql://me@127.0.0.1:1/liqbot: cannot be reached" in row(checked.out, "database")
    assert "s3cret" not in checked.out + checked.err


def test_a_platform_tells_how_the_bot_is_invited_in_lines_to_copy(
    liqbot: Liqbot, server: ExchangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_a_thread(TelegramServer(username="liquidations_of_everything_everywhere_bot")) as bots:
        more = f'[telegram]\nbase_url = "{bots.url}"'
        config = config_at(tmp_path, server.url, more=more)
        assert liqbot("migrate", "--config", config).code == 0
        lacking = liqbot("check", "--config", config)
        assert lacking.code == 1
        assert "set LIQBOT_TELEGRAM_TOKEN" in row(lacking.out, "telegram")
        monkeypatch.setenv("LIQBOT_TELEGRAM_TOKEN", bots.token)
        checked = liqbot("check", "--config", config)
    assert (checked.code, checked.err) == (0, "")
    assert "@liquidations_of_everything_everywhere_bot" in row(checked.out, "telegram")
    assert any(
        line.startswith("telegram: add to a channel: https://t.me/")
        and line.endswith("&admin=post_messages")
        for line in checked.out.splitlines()
    )
    assert bots.token not in checked.out
    assert bots.violations == []
