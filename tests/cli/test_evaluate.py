"""liqbot evaluate."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from liqbot.market.units import HOUR_MS
from tests.builders import SHARED_DATA
from tests.cli.conftest import Liqbot

ORDERS = SHARED_DATA / "recordings" / "okx-liquidations-2026-03"


def report(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return found


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "flow.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_proof_is_printed_and_filed(liqbot: Liqbot, told: Path, tmp_path: Path) -> None:
    out = tmp_path / "proof"
    proved = liqbot("evaluate", "--recording", told, "--market", "btc", "--out", out)
    assert proved.code == 0
    for word in ("liqbot", "price only", "usual recipe", "Spearman", "R²(√)", "Place:", "Ledger:"):
        assert word in proved.out
    assert max(map(len, proved.out.splitlines()[:-1])) <= 80
    assert proved.out.endswith(f"In {out}: report.json, flow.csv, flow.png\n")
    assert sorted(each.name for each in out.iterdir()) == ["flow.csv", "flow.png", "report.json"]
    assert (out / "flow.png").read_bytes().startswith(b"\x89PNG")


def test_the_report_holds_every_score_of_both_sides(
    liqbot: Liqbot, told: Path, tmp_path: Path
) -> None:
    liqbot("evaluate", "--recording", told, "--market", "BTC", "--out", tmp_path)
    found = report(tmp_path)
    assert list(found["flow"]) == ["liqbot", "price only", "usual recipe"]
    for scores in found["flow"].values():
        assert list(scores) == ["long", "short"]
        for side in scores.values():
            assert list(side) == ["n", "spearman", "log_corr", "sqrt_corr", "r2_sqrt"]
    assert found["unfitted"] is None
    assert found["model"]["fitted_to"] is not None
    assert found["ledger"]["error"] < 1e-6
    assert [each["side"] for each in found["place"]] == ["long", "short"]
    assert (found["truth"], found["simulated"]) == ([], False)


def test_the_rows_tell_fold_and_side_hour_by_hour(
    liqbot: Liqbot, told: Path, tmp_path: Path
) -> None:
    liqbot("evaluate", "--recording", told, "--market", "BTC", "--out", tmp_path)
    found, filed = report(tmp_path), rows(tmp_path)
    assert list(filed[0]) == [
        "from_ms",
        "to_ms",
        "side",
        "fold",
        "modelled_usd",
        "realised_usd",
    ]
    folds = [each["fold"] for each in filed]
    assert folds.count("fit") == 2 * found["fit_hours"]
    assert folds.count("test") == 2 * found["test_hours"]
    assert folds == sorted(folds), "what was tested is later"
    assert {each["side"] for each in filed} == {"long", "short"}
    assert all(int(each["to_ms"]) - int(each["from_ms"]) == HOUR_MS for each in filed)
    assert all(float(each["realised_usd"]) > 0 for each in filed)


def test_the_fit_sees_only_what_was_until_the_moment(
    liqbot: Liqbot, told: Path, tmp_path: Path
) -> None:
    command = ["evaluate", "--recording", told, "--market", "BTC", "--out", tmp_path]
    assert liqbot(*command, "--fit-until", "2026-01-07T00:00").code == 0
    fitted = [each for each in rows(tmp_path) if each["fold"] == "fit"]
    assert max(int(each["to_ms"]) for each in fitted) == 1_767_744_000_000
    assert report(tmp_path)["model"]["fitted_to"] == "2026-01-07T00:00:00Z"


def test_a_market_without_liquidations_has_no_proof(
    liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    failed = liqbot("evaluate", "--recording", recording, "--market", "ETH", "--out", tmp_path)
    assert (failed.code, failed.out) == (2, "")
    assert failed.err == ("ETH has no realised liquidations in this recording to score against.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_moment_that_was_not_recorded_is_refused(
    liqbot: Liqbot, told: Path, tmp_path: Path
) -> None:
    command = ["evaluate", "--recording", told, "--market", "BTC", "--out", tmp_path]
    failed = liqbot(*command, "--fit-until", "2020-01-01")
    assert failed.code == 2
    assert "BTC is recorded from 2026-01-01T00:05Z to 2026-01-09T00:00Z" in failed.err


def test_a_file_is_no_folder_for_a_proof(liqbot: Liqbot, told: Path, tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    failed = liqbot("evaluate", "--recording", told, "--market", "BTC", "--out", tmp_path / "x")
    assert failed.code == 2
    assert failed.err == f"{tmp_path / 'x'} cannot be made a folder: File exists.\n"


def test_the_simulated_is_scored_against_the_truth(
    liqbot: Liqbot, simulated: Path, tmp_path: Path
) -> None:
    command = ["evaluate", "--recording", simulated, "--market", "BTC", "--out", tmp_path]
    proved = liqbot(*command)
    assert proved.code == 0
    assert "SIMULATED" in proved.out
    assert "Truth:" in proved.out
    assert "Not fitted:" in proved.out
    found = report(tmp_path)
    assert {(each["side"], each["reach"]) for each in found["truth"]} == {
        ("long", 0.03),
        ("long", 0.1),
        ("short", 0.03),
        ("short", 0.1),
    }
    assert all(0.5 < each["cosine"] <= 1 for each in found["truth"])
    assert found["simulated"] is True


@pytest.mark.skipif(not ORDERS.exists(), reason="the shared recordings are not here")
def test_prints_without_prices_are_scored_by_place(liqbot: Liqbot, tmp_path: Path) -> None:
    proved = liqbot("evaluate", "--recording", ORDERS, "--market", "BTC", "--out", tmp_path)
    assert proved.code == 0
    assert "Not fitted:" in proved.out
    assert all(each["n"] > 0 for each in report(tmp_path)["place"])
