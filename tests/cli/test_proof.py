"""A proof, made and filed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from liqbot.calibration.evaluation import OURS
from liqbot.cli import proof
from liqbot.cli.look import look
from liqbot.errors import RecordingError
from tests.proofs import a_proof


def test_a_row_is_an_hour_of_a_side() -> None:
    found = a_proof(hours=3, fitted=1)
    header, *rows = proof.as_csv(found).splitlines()
    assert header == "from_ms,to_ms,side,fold,modelled_usd,realised_usd"
    assert [row.split(",")[2:4] for row in rows] == [
        ["long", "fit"],
        ["short", "fit"],
        ["long", "test"],
        ["short", "test"],
        ["long", "test"],
        ["short", "test"],
    ]
    modelled, realised = (float(value) for value in rows[3].split(",")[4:])
    assert modelled == pytest.approx(found.modelled[OURS][1, 1], abs=0.005)
    assert realised == pytest.approx(found.spans.realised[1, 1], abs=0.005)


def test_no_hours_make_a_header_alone() -> None:
    found = a_proof()
    none = np.zeros(len(found.spans), dtype=bool)
    empty = replace(found, spans=found.spans.where(none), seen=none[:0])
    assert proof.as_csv(empty) == "from_ms,to_ms,side,fold,modelled_usd,realised_usd\n"


def test_the_truth_is_that_of_the_market_and_venues_looked_at(simulated: Path) -> None:
    every = proof.truth_of(look(simulated, "BTC"))
    one = proof.truth_of(look(simulated, "BTC", "okx"))
    assert every is not None
    assert one is not None
    rows = pl.read_parquet(simulated / "truth.parquet").filter(pl.col("liquidation_price") > 0)
    assert every.quantity.size == rows.height
    assert one.quantity.sum() == pytest.approx(
        rows.filter(pl.col("venue") == "okx")["quantity"].sum()
    )
    shorts = rows.filter(pl.col("side") == "short")
    assert (every.side == 1).sum() == shorts.height


def test_a_real_recording_has_no_truth(recording: Path) -> None:
    assert proof.truth_of(look(recording, "BTC")) is None


def test_a_truth_without_its_columns_is_named(simulated: Path, tmp_path: Path) -> None:
    seen = look(simulated, "BTC")
    elsewhere = replace(seen, recording=replace(seen.recording, folder=tmp_path))
    assert proof.truth_of(elsewhere) is None
    pl.DataFrame({"market": ["BTC"]}).write_parquet(tmp_path / "truth.parquet")
    with pytest.raises(RecordingError, match=r"truth.parquet: column venue is missing"):
        proof.truth_of(elsewhere)
