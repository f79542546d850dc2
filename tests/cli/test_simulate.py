"""liqbot simulate."""

from pathlib import Path

import pytest

from liqbot.market.recording.reader import Recording
from liqbot.market.recording.table import read_table
from tests.cli.conftest import Liqbot


def test_a_recording_and_the_truth_are_written(liqbot: Liqbot, tmp_path: Path) -> None:
    out = tmp_path / "made"
    made = liqbot("simulate", "--out", out, "--days", "0.05", "--markets", "sol", "--seed", "3")
    assert made.code == 0
    assert made.out.startswith(f"{out}: SIMULATED, seed 3, 0.05 days of SOL\n")
    found = Recording.open(out)
    assert (found.bases, found.simulated, found.label) == (("SOL",), True, "SIMULATED, seed 3")
    assert {"venue", "side", "leverage", "liquidation_price", "quantity", "opened_ms"} <= set(
        read_table(out / "truth.parquet")
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--markets", "BTC,XYZ"], "There is no simulated market “XYZ”. There is BTC, ETH,"),
        (["--days", "0"], "Invalid value for '--days'"),
        (["--days", "999"], "Invalid value for '--days'"),
        (["--seed", "-1"], "Invalid value for '--seed'"),
        (["--markets", ","], ""),
    ],
)
def test_what_cannot_be_simulated_leaves_nothing(
    options: list[str], told: str, liqbot: Liqbot, tmp_path: Path
) -> None:
    failed = liqbot("simulate", "--out", tmp_path / "made", *options)
    assert (failed.code, failed.out) == (2, "")
    assert failed.err.startswith(told)
    assert failed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_real_recording_is_not_written_over(
    liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    real = tmp_path / "real"
    market = real / "binance" / "BTC-USDT"
    market.mkdir(parents=True)
    candles = recording / "binance" / "BTC-USDT" / "candles_5m.parquet"
    (market / "candles_5m.parquet").write_bytes(candles.read_bytes())
    failed = liqbot("simulate", "--out", real, "--days", "0.05", "--markets", "BTC")
    assert failed.code == 1
    assert failed.err == f"{real}: already holds a recording; name another folder\n"
    assert (market / "candles_5m.parquet").read_bytes() == candles.read_bytes()
