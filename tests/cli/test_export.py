"""liqbot export: what is in the files is what the map is made of."""

import asyncio
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from liqbot.cli.look import look
from liqbot.heatmap.model import Model
from liqbot.market.recording.reader import Recording
from liqbot.market.units import HOUR_MS
from liqbot.storage.archive import SqlArchive
from liqbot.storage.database import open_database
from liqbot.storage.migration import migrate
from tests.cli.conftest import Liqbot
from tests.live.exported import SPAN, laid_out

Files = Mapping[str, bytes]


def opened(out: Path) -> Files:
    """The files of an export, by name."""
    if out.is_dir():
        return {each.name: each.read_bytes() for each in out.iterdir()}
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(content: bytes, form: str) -> dict[str, NDArray[Any]]:
    """The columns of a file, times as Unix ms."""
    if form == "parquet":
        frame = pl.read_parquet(io.BytesIO(content))
    else:
        frame = pl.read_csv(content, try_parse_dates=True)
    at_ms = frame["at"].dt.timestamp("ms").to_numpy()
    return {each.name: each.to_numpy() for each in frame} | {"at": at_ms}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIQBOT_DATABASE_URL", raising=False)


@pytest.fixture
def archived(told: Path, tmp_path: Path) -> Path:
    """Settings whose database holds what was recorded."""

    async def keep() -> None:
        recording = Recording.open(told)
        async with open_database(f"sqlite:///{tmp_path}/state/liqbot.db") as database:
            await migrate(database)
            for each in recording.instruments:
                await SqlArchive(database).keep(recording.read(each))

    asyncio.run(keep())
    config = tmp_path / "config.toml"
    config.write_text(f'[operations]\nstate_dir = "{tmp_path / "state"}"\n', "utf-8")
    return config


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("name", ["btc.zip", "btc"])
def test_what_is_read_back_is_the_history(
    liqbot: Liqbot, told: Path, tmp_path: Path, form: str, name: str
) -> None:
    out = tmp_path / name
    done = liqbot(
        "export", "btc", "--recording", told, "--range", "3d", "--format", form, "--out", out
    )
    assert (done.code, done.err) == (0, "")
    files = opened(out)
    tables = {
        each: rows_of(files[f"BTC-{each}.{form}"], form) for each in ("map", "clusters", "tape")
    }
    assert set(files) == {"README.md", *(f"BTC-{each}.{form}" for each in tables)}
    counted = ", ".join(f"{each} {len(rows['at']):,}" for each, rows in tables.items())
    assert done.out == f"{out}: BTC, rows: {counted}\n"
    history = look(told, "BTC").recall(Model(), SPAN, None)
    ended_ms = history.heatmap.opened_ms + history.heatmap.interval_ms
    on_hour = ended_ms % HOUR_MS == 0
    expected = history.heatmap.usd[:, on_hour] * np.array(Model().realisation)[:, None, None]
    found = laid_out(history, ended_ms[on_hour], tables["map"])
    assert np.allclose(found, expected, rtol=0, atol=0.006)
    assert tables["clusters"]["id"].tolist() == [each.id for each in history.clusters]
    assert np.array_equal(tables["tape"]["at"], history.tape.at_ms)
    assert np.array_equal(tables["tape"]["price"], history.tape.price)
    assert np.array_equal(tables["tape"]["quantity"], history.tape.quantity)


def test_the_archive_tells_the_same_as_the_recording(
    liqbot: Liqbot, told: Path, archived: Path, tmp_path: Path
) -> None:
    words = ("export", "BTC", "--range", "2d", "--at", "2026-01-09T00:00Z", "--out")
    from_archive = liqbot(*words, tmp_path / "archive", "--config", archived)
    assert (from_archive.code, from_archive.err) == (0, "")
    from_recording = liqbot(*words, tmp_path / "recording", "--recording", told)
    assert from_recording.code == 0
    assert opened(tmp_path / "archive") == opened(tmp_path / "recording")


def test_what_is_simulated_is_called_so_wherever_it_is(
    liqbot: Liqbot, simulated: Path, tmp_path: Path
) -> None:
    out = tmp_path / "btc.zip"
    done = liqbot("export", "BTC", "--recording", simulated, "--range", "1h", "--out", out)
    assert done.code == 0
    assert "SIMULATED BTC, rows: " in done.out
    files = opened(out)
    names = {f"SIMULATED-BTC-{each}.csv" for each in ("map", "clusters", "tape")}
    assert set(files) == {"README.md", *names}
    assert b"**SIMULATED: nobody ever traded this.**" in files["README.md"]


def test_a_past_that_is_shorter_than_asked_for_is_told(
    liqbot: Liqbot, recording: Path, tmp_path: Path
) -> None:
    done = liqbot("export", "ETH", "--recording", recording, "--out", tmp_path / "eth.zip")
    assert done.code == 0
    assert done.err == "ETH is known only since 2026-01-01 00:00 UTC.\n"


@pytest.mark.parametrize(
    ("words", "told_in_words"),
    [
        ("BTC --range 91d --out x.zip", "An export is of 1h to 90d, not of 91d."),
        ("BTC --range 5m --out x.zip", "An export is of 1h to 90d, not of 5m."),
        ("BTC --range soon --out x.zip", "“soon” is not a span of time."),
        ("BTC --format xlsx --out x.zip", "There is no format “xlsx”. There is csv, parquet."),
        ("BTC --out x.csv", "There are several tables: name it x.zip."),
        ("BTT --out x.zip", "There is no market “BTT”. Did you mean BTC?"),
        ("BTC --venue okx --out x.zip", "There is no venue “okx”."),
        ("BTC --at 2020-01-01 --out x.zip", "2020-01-01T00:00Z is outside."),
    ],
)
def test_what_makes_no_sense_is_one_line_and_nothing_is_written(
    liqbot: Liqbot,
    told: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    words: str,
    told_in_words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    failed = liqbot("export", *words.split(), "--recording", told)
    assert (failed.code, failed.out) == (2, "")
    assert told_in_words in failed.err
    assert failed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_without_an_archive_the_way_to_one_is_told(liqbot: Liqbot, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[operations]\nstate_dir = "{tmp_path / "state"}"\n', "utf-8")
    failed = liqbot("export", "BTC", "--out", tmp_path / "btc.zip", "--config", config)
    assert failed.code == 1
    assert "there is no archive yet; run: liqbot run; or name a recording" in failed.err
    assert not (tmp_path / "state").exists()


def test_an_archive_that_is_out_of_date_is_told(
    liqbot: Liqbot, archived: Path, tmp_path: Path
) -> None:
    failed = liqbot("export", "BTC", "--out", tmp_path / "btc.zip", "--config", archived)
    assert failed.code == 2
    assert "The archive tells of no price of BTC at that time." in failed.err


def test_orders_alone_are_told_with_a_map_of_their_own_prices(
    liqbot: Liqbot, only_orders: Path, tmp_path: Path
) -> None:
    out = tmp_path / "btc.zip"
    done = liqbot("export", "BTC", "--recording", only_orders, "--range", "1d", "--out", out)
    assert done.code == 0
    assert rows_of(opened(out)["BTC-tape.csv"], "csv")["venue"].tolist() == ["binance"]
