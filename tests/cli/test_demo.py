"""liqbot demo."""

from pathlib import Path

import pytest

from liqbot.charts import CHARTS
from liqbot.market.recording.reader import Recording
from tests.cli.conftest import Liqbot


def test_all_that_liqbot_does_is_shown_and_filed(
    liqbot: Liqbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # A short market, too short for a fit: `.ci/run` runs the whole demo.
    monkeypatch.setattr("liqbot.cli.demo._DAYS", 0.75)
    shown = liqbot("demo", "--seed", "2")
    out = Path("liqbot-demo")
    assert shown.code == 0
    assert shown.err.startswith("SIMULATED")
    for step in ("Loading", "Simulating", "Fitting", "Drawing", "Sending the bot"):
        assert step in shown.err
    for word in (
        "SIMULATED",
        "▲ SHORT",
        "▼ LONG",
        "price only",
        "usual recipe",
        "Truth:",
        "cosine",
        "What somebody who asked for every alert got",
    ):
        assert word in shown.out
    pictures = [f"btc-{name}.png" for name in CHARTS]
    made = {each.name for each in out.iterdir()}
    assert made == {*pictures, "recording", "report.json", "flow.csv", "flow.png", "alerts"}
    assert all(name in " ".join(shown.out.split()) for name in made)
    assert Recording.open(out / "recording").label == "SIMULATED, seed 2"
    assert max(map(len, shown.out.splitlines())) <= 80


def test_it_goes_on_as_it_says(
    liqbot: Liqbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liqbot.cli.demo._DAYS", 0.25)
    shown = liqbot("demo", "--out", tmp_path / "again")
    again = liqbot("demo", "--out", tmp_path / "again")
    assert again.out == shown.out
    words = shown.out.split("Go on: liqbot ")[1].split()
    assert liqbot(*words).code == 0


def test_a_file_in_the_way_is_told(liqbot: Liqbot, tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    failed = liqbot("demo", "--out", tmp_path / "x")
    assert (failed.code, failed.out) == (2, "")
    assert failed.err == f"{tmp_path / 'x'} cannot be made a folder: File exists.\n"
