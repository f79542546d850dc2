"""liqbot levels."""

import json
import re
from pathlib import Path

from tests.cli.conftest import Liqbot

CONTROL = "\x1b"


def test_clusters_are_listed_in_80_columns_without_control_codes(
    liqbot: Liqbot, recording: Path
) -> None:
    listed = liqbot("levels", "BTC", "--recording", recording)
    assert (listed.code, listed.err) == (0, "")
    assert listed.out.startswith("BTC ")
    assert "✓ Binance  ✓ OKX" in listed.out
    assert re.search(r"^[ABC]  [▲▼] (LONG|SHORT)", listed.out, re.MULTILINE)
    assert CONTROL not in listed.out
    assert max(map(len, listed.out.splitlines())) <= 80


def test_the_same_is_told_in_json_as_by_heatmap(
    liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    told = liqbot("levels", "BTC", "--recording", recording, "--json", "-")
    assert told.code == 0
    files = ["--out", tmp_path / "btc.png", "--json", tmp_path / "btc.json"]
    liqbot("heatmap", "BTC", "--recording", recording, *files)
    assert told.out == (tmp_path / "btc.json").read_text("utf-8")


def test_json_in_a_file_goes_with_the_table(
    liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    listed = liqbot("levels", "BTC", "--recording", recording, "--json", tmp_path / "btc.json")
    assert "ESTIMATE" in listed.out
    assert json.loads((tmp_path / "btc.json").read_text("utf-8"))["market"] == "BTC"


def test_an_age_leaves_what_is_older_out(liqbot: Liqbot, recording: Path) -> None:
    def standing(*options: str) -> float:
        told = liqbot("levels", "ETH", "--recording", recording, "--json", "-", *options)
        found = json.loads(told.out)
        assert found["age"] == (options[1] if options else None)
        return float(sum(found["longs_usd"]) + sum(found["shorts_usd"]))

    assert 0 < standing("--age", "3h") < standing("--age", "24h") < standing()


def test_a_moment_with_an_offset_is_the_same_moment(liqbot: Liqbot, recording: Path) -> None:
    command = ["levels", "BTC", "--recording", recording, "--json", "-", "--at"]
    berlin = liqbot(*command, "2026-01-02T13:00+01:00")
    assert json.loads(berlin.out)["at"] == "2026-01-02T12:00:00Z"
    assert berlin == liqbot(*command, "2026-01-02 12:00")


def test_a_moment_that_was_asked_for_is_marked_as_past(liqbot: Liqbot, recording: Path) -> None:
    then = liqbot("levels", "BTC", "--recording", recording, "--at", "2026-01-02T12:00").out
    assert "AS OF 2026-01-02 12:00 UTC" in then
    assert "AS OF" not in liqbot("levels", "BTC", "--recording", recording).out


def test_the_first_and_the_last_moment_are_listed(liqbot: Liqbot, recording: Path) -> None:
    for at in ("2026-01-01T00:05Z", "2026-01-03T00:00Z"):
        assert liqbot("levels", "BTC", "--recording", recording, "--at", at).code == 0


def test_the_simulated_is_told_to_be(liqbot: Liqbot, simulated: Path) -> None:
    assert "SIMULATED" in liqbot("levels", "BTC", "--recording", simulated).out
    told = liqbot("levels", "BTC", "--recording", simulated, "--json", "-")
    assert json.loads(told.out)["simulated"] is True


def test_a_folder_in_the_way_of_json_is_told(
    liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    failed = liqbot("levels", "BTC", "--recording", recording, "--json", tmp_path)
    assert (failed.code, failed.out) == (2, "")
    assert failed.err == f"{tmp_path} is a folder; name a file in it.\n"
