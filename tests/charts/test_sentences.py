from liqbot.charts._geometry import Box
from liqbot.charts._page import Page
from liqbot.charts._sentences import draw_sentences
from liqbot.charts.chart import View
from tests.charts.histories import a_history


def written(told: list[str], height: float) -> list[str]:
    page = Page(a_history(), View(), "anything")
    before = len(page.canvas.writings)
    draw_sentences(page, told, Box(16, 200, 416, 200 + height), 34.0)
    return [each.text for each in page.canvas.writings[before:]]


def test_what_is_too_long_for_a_line_goes_on_in_the_next() -> None:
    lines = written(["one two three four five six seven eight nine ten"], 200)
    assert len(lines) > 1
    assert " ".join(lines) == "one two three four five six seven eight nine ten"


def test_only_whole_sentences_are_written() -> None:
    long = "one two three four five six seven eight nine ten"
    assert written(["short", long, "short"], 68) == ["short"]


def test_a_word_that_is_wider_than_the_box_is_cut() -> None:
    (line,) = written(["x" * 200], 200)
    assert line.endswith("…")
