import re
from datetime import timedelta

import pytest

from liqbot.charts.chart import RANGES, View, range_named
from liqbot.errors import OutOfRange, UnknownName


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"theme": "drak"}, "no theme “drak”. Did you mean dark?"),
        ({"colours": "magma"}, "no colours “magma”"),
        ({"size": "tall"}, "no size “tall”"),
        ({"range": timedelta(hours=5)}, "no range “5:00:00”. There is 12h, 24h, 3d"),
        ({"zone": "Europe/Atlantis"}, "no time zone “Europe/Atlantis”"),
        ({"zone": "../etc/passwd"}, "no time zone"),
        ({"locale": "klingon"}, "no locale “klingon”"),
    ],
)
def test_an_unknown_look_is_named(given: dict[str, object], said: str) -> None:
    with pytest.raises(UnknownName, match=re.escape(said)):
        View(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        {"min_usd": 0.0},
        {"max_usd": -1.0},
        {"max_usd": float("nan")},
        {"min_usd": 2e6, "max_usd": 1e6},
        {"watermark": "x" * 25},
    ],
)
def test_a_look_that_cannot_be_drawn_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(OutOfRange):
        View(**given)  # type: ignore[arg-type]


def test_a_range_is_found_by_its_name_whatever_its_case() -> None:
    assert range_named("7D").length == timedelta(days=7)
    assert View(range=timedelta(days=7)).span is RANGES["7d"]
    with pytest.raises(UnknownName, match="no range “8d”"):
        range_named("8d")
