"""Values as JSON."""

import json
from datetime import UTC, datetime
from math import inf, nan
from pathlib import Path

import numpy as np
import pytest

from liqbot.cli import document
from liqbot.cli.options import STDOUT
from liqbot.market.units import Side
from tests.builders import a_liquidation

AT = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize("value", [nan, inf, -inf, np.float64(nan)])
def test_what_is_not_finite_is_null(value: float) -> None:
    found = json.loads(document.text({"a": value, "b": [value], "c": {"d": np.array([value])}}))
    assert found == {"a": None, "b": [None], "c": {"d": [None]}}


def test_times_are_iso_8601_in_utc() -> None:
    assert json.loads(document.text({"at": AT})) == {"at": "2026-01-01T12:30:00Z"}


def test_arrays_tuples_sides_and_leverages_become_plain() -> None:
    value = {"i": np.int64(3), "t": (1, 2.5), "s": Side.LONG, "m": {25.0: 1.0, 12.5: 2.0}}
    assert json.loads(document.text(value)) == {
        "i": 3,
        "t": [1, 2.5],
        "s": "long",
        "m": {"25": 1.0, "12.5": 2.0},
    }


def test_a_key_is_a_line_in_the_order_given() -> None:
    lines = document.text({"b": [1, 2], "a": "—"}).splitlines()
    assert lines == ["{", '  "b": [1, 2],', '  "a": "—"', "}"]


def test_floats_are_read_back_the_same() -> None:
    values = [0.1, 1e-300, 123456789.123456789, 2**53 + 1.0]
    assert json.loads(document.text({"v": values}))["v"] == values


def test_the_fields_of_a_value_are_told_in_order() -> None:
    assert list(document.fields_of(a_liquidation())) == ["at_ms", "side", "price", "quantity"]


def test_a_minus_sign_means_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document.put(STDOUT, {"a": 1})
    document.put(tmp_path / "a.json", {"a": 1})
    assert capsys.readouterr().out == (tmp_path / "a.json").read_text("utf-8") == '{\n  "a": 1\n}\n'
