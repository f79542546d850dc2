"""Tables for other programs: what is written is read, in both forms."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from liqbot.market.recording.export import FORMS, write_rows
from liqbot.market.units import moment_of, ms_of
from tests.builders import START_MS

EMPTY: Mapping[str, ArrayLike] = {
    "at": np.array([], np.int64),
    "side": np.array([], np.str_),
    "usd": np.array([]),
}

rows = st.lists(
    st.tuples(
        st.integers(START_MS, START_MS + 10**10),
        st.sampled_from(["long", "short", "", 'a "b", c', "龙虾"]),
        st.floats(allow_infinity=False, allow_nan=False) | st.just(np.nan),
    ),
    max_size=8,
)


def part(told: Sequence[tuple[int, str, float]]) -> Mapping[str, ArrayLike]:
    if not told:
        return EMPTY
    at, side, usd = zip(*told, strict=True)
    return {"at": np.array(at), "side": np.array(side), "usd": np.array(usd)}


def written(parts: Sequence[Mapping[str, ArrayLike]], form: str) -> tuple[bytes, int]:
    file = io.BytesIO()
    count = write_rows(file, parts, form)
    return file.getvalue(), count


def read(content: bytes, form: str) -> pl.DataFrame:
    if form == "parquet":
        return pl.read_parquet(content)
    kinds = {"at": pl.Datetime("ms", "UTC"), "side": pl.String(), "usd": pl.Float64()}
    return pl.read_csv(content, schema=kinds)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=50)
@given(parts=st.lists(rows, min_size=1, max_size=4))
def test_what_is_written_is_read(form: str, parts: list[list[tuple[int, str, float]]]) -> None:
    content, count = written([part(each) for each in parts], form)
    frame = read(content, form)
    told = [row for each in parts for row in each]
    assert count == frame.height == len(told)
    assert frame.columns == ["at", "side", "usd"]
    expected = [
        (moment_of(at), side or None, None if np.isnan(usd) else usd) for at, side, usd in told
    ]
    assert frame.rows() == expected


def test_parquet_holds_moments_words_and_numbers() -> None:
    content, _ = written([EMPTY], "parquet")
    kinds = {"at": pl.Datetime("ms", "UTC"), "side": pl.String(), "usd": pl.Float64()}
    assert dict(pl.read_parquet_schema(io.BytesIO(content))) == kinds


def test_csv_is_what_everything_reads() -> None:
    at_ms = ms_of(datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC))
    content, _ = written([part([(at_ms, "long", 0.5), (at_ms, "", np.nan)])], "csv")
    assert (
        content == b"at,side,usd\n2026-01-02T03:04:05.600Z,long,0.5\n2026-01-02T03:04:05.600Z,,\n"
    )


def test_a_csv_without_rows_has_its_header() -> None:
    assert written([EMPTY, EMPTY], "csv") == (b"at,side,usd\n", 0)
