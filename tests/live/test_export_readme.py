"""What an export says of itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from liqbot.cli.sight import Sight
from liqbot.heatmap.model import Model
from liqbot.live.export_readme import readme
from liqbot.live.export_tables import tables
from tests.cli.conftest import seen
from tests.live.exported import sight as sight_of
from tests.live.exported import told

TOLD = told()


def explained(sight: Sight = TOLD, form: str = "csv", rows: int = 1234, **changes: object) -> str:
    recalled = sight.recall(Model(realisation=(0.5, 0.25)), timedelta(days=1), None)
    history = replace(recalled, **changes)  # type: ignore[arg-type]  # by name
    found = tables(history, sight.observations, 0)
    told = [(each, f"BTC-{each.name}.{form}", rows) for each in found]
    return readme(history, told, form, 0)


def test_every_table_and_column_is_explained_with_its_unit() -> None:
    text = explained()
    sight = TOLD
    history = sight.recall(Model(), timedelta(days=1), None)
    for each in tables(history, sight.observations, 0):
        assert f"## BTC-{each.name}.csv: 1,234 rows" in text
        for name, what in each.columns.items():
            assert f"| `{name}` | {what} |" in text
            assert not name.endswith("usd") or "US dollars" in what


def test_it_says_what_it_is_of_and_that_it_is_no_forecast() -> None:
    text = explained()
    assert text.startswith("# BTC: a liquidation map\n\nAn estimate of where")
    assert "Modelled, not measured. Not a forecast. Not advice." in text
    assert "- Market: BTC perpetual futures on bybit\n" in text
    assert "- Time: 2026-01-08 00:00 UTC to 2026-01-09 00:00 UTC\n" in text
    assert "- Known: 100% of the bars; the newest datum was 0 s old\n" in text
    assert "realised: 0.5 for longs, 0.25 for shorts\n" in text
    assert "SIMULATED" not in text
    assert "guessed" not in text


def test_how_old_and_how_much_of_it_is_known_is_told() -> None:
    text = explained(data_age_s=7_300.0, coverage=0.87)
    assert "- Known: 87% of the bars; the newest datum was 2 h old\n" in text


def test_what_is_simulated_says_so_first() -> None:
    text = explained(sight_of(replace(TOLD.observations[0], simulated=True)))
    assert text.splitlines()[2] == "**SIMULATED: nobody ever traded this.**"


def test_a_short_past_is_told() -> None:
    short = sight_of(seen("okx", "BTC", 90_000.0))
    assert "The past is shorter than five days" in explained(short)


@pytest.mark.parametrize(
    ("form", "told_as"), [("csv", "a CSV file"), ("parquet", "a Parquet file")]
)
def test_how_it_is_read_is_told(form: str, told_as: str) -> None:
    assert f"Each table is {told_as}" in explained(form=form)


def test_one_row_is_one_row() -> None:
    assert "## BTC-tape.csv: 1 row\n" in explained(rows=1)
    assert max(map(len, explained().splitlines())) <= 120
