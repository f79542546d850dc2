from datetime import timedelta

import pytest

from liqbot.chat.arguments import Known
from liqbot.chat.spans import span_of
from liqbot.errors import UnknownName

WORD = span_of({"1h": timedelta(hours=1), "24h": timedelta(hours=24)})


@pytest.mark.parametrize("text", ["24h", "1d", "1440m", " 24H "])
def test_a_span_is_read_however_it_is_written(text: str) -> None:
    assert WORD.read(text, Known()) == timedelta(hours=24)


@pytest.mark.parametrize("text", ["25h", "2d", "soon", ""])
def test_any_other_is_answered_with_those_there_are(text: str) -> None:
    with pytest.raises(UnknownName, match="no range"):
        WORD.read(text, Known())


def test_those_there_are_are_named_and_completed() -> None:
    assert WORD.help == "1h, 24h"
    assert WORD.complete("2", Known()) == ["24h"]
