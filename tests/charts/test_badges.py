from dataclasses import replace
from datetime import UTC, datetime

from liqbot.charts._badges import draw_badges
from liqbot.charts._canvas import Canvas
from liqbot.charts._geometry import Box
from liqbot.charts._themes import THEMES
from liqbot.chat.badges import badges
from liqbot.chat.numbers import Numbers
from tests.charts.histories import a_history

NUMBERS = Numbers("en", "UTC")
SATURDAY = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)


def test_badges_are_shortened_before_any_is_left_out() -> None:
    history = replace(a_history(warm=False, coverage=0.1), at=SATURDAY)
    found = badges(history, NUMBERS)

    def drawn(*widths: float) -> list[str]:
        canvas = Canvas(1024, 200, 1, "#000000")
        lines = [Box(0, 40 * i, width, 40 * i + 34) for i, width in enumerate(widths)]
        draw_badges(canvas, THEMES["dark"], found, lines)
        return [each.text for each in canvas.writings]

    assert drawn(1000, 1000) == [each.text for each in found]
    assert "✓ 3 venues" in drawn(630, 600)
    assert drawn(200) == ["12 s old"] or drawn(200) == ["data 12 s old"]
    assert drawn(10) == []
