"""liqbot heatmap."""

import json
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import pytest
from PIL import Image

from liqbot.charts import CHARTS
from liqbot.charts.chart import RANGES, ColourMap, Size, ThemeName, View
from liqbot.heatmap.model import Model
from liqbot.market.recording.reader import Recording
from liqbot.market.recording.writer import write_recording
from liqbot.market.units import DAY_MS, HOUR_MS
from tests.builders import SHARED_DATA, START_MS
from tests.cli.conftest import Liqbot

SIZES = {"portrait": (1024, 1280), "wide": (1280, 720), "hd": (2048, 2560)}
REAL = SHARED_DATA / "recordings" / "binance-2025-12"


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(BytesIO(path.read_bytes())) as picture:
        assert picture.format == "PNG"
        return picture.size


def read(path: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_is_drawn(chart: str, liqbot: Liqbot, recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "pictures" / "btc.png"
    drawn = liqbot("heatmap", "BTC", "--recording", recording, "--chart", chart, "--out", out)
    assert (drawn.code, size_of(out)) == (0, SIZES["portrait"])
    assert drawn.out.startswith("BTC ")
    assert drawn.out.endswith("Estimate, not a forecast.\n")
    assert re.fullmatch(rf"{re.escape(str(out))}: 1024×1280, \d+ KB\n", drawn.err)
    assert [each.name for each in out.parent.iterdir()] == ["btc.png"]


@pytest.mark.parametrize(
    "look",
    [
        {"size": "wide", "theme": "light", "colours": "inferno", "range": "12h"},
        {"size": "hd", "theme": "contrast", "colours": "cividis", "range": "7d"},
        {"size": "portrait", "theme": "dark", "colours": "grey", "range": "90d"},
    ],
)
def test_a_picture_is_drawn_as_asked(
    look: dict[str, str], liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    asked = [word for name, value in look.items() for word in (f"--{name}", value)]
    out, told = tmp_path / "btc.png", tmp_path / "btc.json"
    command = ["heatmap", "BTC", "--recording", recording, "--out", out, "--json", told]
    assert liqbot(*command, *asked).code == 0
    assert size_of(out) == SIZES[look["size"]]
    assert read(told)["range"] == look["range"]


def test_the_options_name_all_that_there_is(liqbot: Liqbot) -> None:
    helped = liqbot("heatmap", "--help").out
    for choices in (CHARTS, RANGES, get_args(ThemeName), get_args(ColourMap), get_args(Size)):
        assert ", ".join(choices) in " ".join(helped.split())
    view = View()
    for default in (view.span.name, view.theme, view.colours, view.size):
        assert f"[default: {default}]" in helped


def test_settings_are_taken_and_options_win(
    liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    config, out, told = (tmp_path / name for name in ("config.toml", "btc.png", "btc.json"))
    config.write_text('[charts]\nrange = "3d"\nsize = "wide"\n')
    command = ["heatmap", "BTC", "--recording", recording, "--out", out, "--json", told]
    assert liqbot(*command, "--config", config).code == 0
    assert (size_of(out), read(told)["range"]) == (SIZES["wide"], "3d")
    assert liqbot(*command, "--config", config, "--size", "hd", "--range", "12h").code == 0
    assert (size_of(out), read(told)["range"]) == (SIZES["hd"], "12h")


def test_a_model_is_drawn_with(liqbot: Liqbot, recording: Path, tmp_path: Path) -> None:
    model, out, told = (tmp_path / name for name in ("model.toml", "btc.png", "btc.json"))
    model.write_text(Model(version="mine", spread=0.3).to_toml())
    command = ["heatmap", "BTC", "--recording", recording, "--out", out, "--json", told]
    assert liqbot(*command, "--model", model).code == 0
    assert (read(told)["model"]["version"], read(told)["model"]["spread"]) == ("mine", 0.3)


def test_json_on_stdout_stands_alone(liqbot: Liqbot, recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "btc.png"
    command = ["heatmap", "okx:BTC", "--recording", recording, "--out", out]
    drawn = liqbot(*command, "--json", "-")
    assert json.loads(drawn.out)["venues"] == ["okx"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--chart", "heatmpa"], "There is no chart “heatmpa”. Did you mean heatmap?"),
        (["--theme", "drak"], "There is no theme “drak”. Did you mean dark?"),
        (["--size", "big"], "There is no size “big”. There is portrait, wide, hd."),
        (["--range", "23h"], "There is no range “23h”. Did you mean 24h?"),
        (["--venue", "okex"], "There is no venue “okex”. Did you mean okx?"),
        (["--age", "old"], "“old” is not a span of time. Try 90m, 24h, 7d or 2w."),
        (["--at", "2027-01-01"], "BTC is recorded from 2026-01-01T00:05Z to 2026-01-03T00:00Z; "),
        (["--at", "noon"], "“noon” is not a time. Try 2026-01-03T00:00Z (ISO 8601, UTC); BTC is"),
    ],
)
def test_what_cannot_be_drawn_leaves_no_file(
    options: list[str], told: str, liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    out = tmp_path / "btc.png"
    failed = liqbot("heatmap", "BTC", "--recording", recording, "--out", out, *options)
    assert (failed.code, failed.out) == (2, "")
    assert failed.err.startswith(told)
    assert failed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("btc.jpg", "Pictures are PNG files: name it btc.png."),
        ("btc", "Pictures are PNG files: name it btc.png."),
        ("folder.png", "folder.png is a folder; name a file in it."),
        ("file/btc.png", "file cannot be made a folder: File exists."),
    ],
)
def test_a_picture_that_cannot_be_written_is_refused(
    name: str, told: str, liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").touch()
    failed = liqbot("heatmap", "BTC", "--recording", recording, "--out", tmp_path / name)
    assert failed.code == 2
    assert failed.err.endswith(f"{told}\n")
    assert failed.err.count("\n") == 1


def test_forced_orders_alone_are_drawn_where_they_were(
    liqbot: Liqbot, only_orders: Path, tmp_path: Path
) -> None:
    out = tmp_path / "btc.png"
    drawn = liqbot("heatmap", "BTC", "--recording", only_orders, "--out", out)
    assert drawn.code == 0
    assert "Price 100.00." in drawn.out
    assert out.exists()


def test_a_picture_of_the_past_is_the_one_that_was_drawn_then(
    liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    """No future: asked at T of all that was recorded, or of what was by T."""
    until_ms = START_MS + DAY_MS + 5 * HOUR_MS
    whole = Recording.open(recording)
    cut = [whole.read(each, until_ms) for each in whole.instruments_of("BTC")]
    write_recording(tmp_path / "cut", cut, simulated=False)
    then, now = tmp_path / "then", tmp_path / "now"
    at = ["--at", "2026-01-02T05:00"]
    for folder, source in ((then, tmp_path / "cut"), (now, recording)):
        files = ["--out", folder / "btc.png", "--json", folder / "btc.json"]
        assert liqbot("heatmap", "BTC", "--recording", source, *files, *at).code == 0
    assert (then / "btc.json").read_bytes() == (now / "btc.json").read_bytes()
    assert (then / "btc.png").read_bytes() == (now / "btc.png").read_bytes()


@pytest.mark.skipif(not REAL.exists(), reason="the shared recordings are not here")
@pytest.mark.parametrize("at", ["2025-12-01T00:10", "2026-01-29T06:35"])
def test_a_real_market_is_drawn_at_both_ends(at: str, liqbot: Liqbot, tmp_path: Path) -> None:
    out, told = tmp_path / "sol.png", tmp_path / "sol.json"
    files = ["--out", out, "--json", told]
    assert liqbot("heatmap", "SOL", "--recording", REAL, "--at", at, *files).code == 0
    assert read(told)["at"] == f"{at}:00Z"
    assert read(told)["ledger"]["error"] < 1e-6
