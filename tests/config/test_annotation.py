"""What annotations say."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Ge, Gt, Interval, Len

from liqbot.config.annotation import allowed, apart, choices, family_in, meaning
from tests.config.conftest import SOME, Inner

SHARE = Annotated[Annotated[float, Gt(0), "Of all."] | None, "Or none."]


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        (bool, "true or false"),
        (Path | None, "a path"),
        (Annotated[int, Interval(ge=1, lt=9)], "a whole number at least 1 and below 9"),
        (Annotated[str, Len(1, 5)], "a text of at least 1 characters and of at most 5 characters"),
        (SHARE, "a number above 0"),
        (timedelta, "a duration such as 30s, 24h or 7d"),
        (
            Annotated[timedelta, Ge(timedelta(minutes=90))],
            "a duration such as 30s, 24h or 7d, at least 90m",
        ),
        (Literal["a", "b"] | None, "a or b"),
        (tuple[Literal["a", "b"], ...], "a list, each a or b"),
        (tuple[Annotated[float, Gt(0)], ...], "a list, each a number above 0"),
        (Inner, "a section"),
        (Annotated[Mapping[str, Any], SOME], "sections, one for each that is enabled"),
    ],
)
def test_what_a_value_may_be_is_said(hint: object, said: str) -> None:
    assert allowed(hint) == said


def test_an_annotation_comes_apart() -> None:
    assert apart(SHARE) == (float, ["Or none.", Gt(0), "Of all."])
    assert meaning(SHARE) == ["Or none.", "Of all."]
    assert choices(Literal["a", "b"]) == ["a", "b"]
    assert choices(SHARE) == []


def test_only_a_familys_table_has_a_family() -> None:
    assert family_in(Annotated[Mapping[str, Any], "Where.", SOME]) is SOME
    assert family_in(SHARE) is None
