"""The scorecard reads on a phone and says what it shows."""

from dataclasses import replace
from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image

from liqbot.calibration.place import wilson
from liqbot.charts._accuracy import NOTE, Rate, Record, Scorecard, Skill, draw_accuracy
from liqbot.charts._geometry import Box
from liqbot.charts._themes import THEMES
from liqbot.charts.chart import Picture, ThemeName, View
from tests.charts.strokes import Stroke, strokes

DARK, SPANS = THEMES["dark"], ("7d", "30d", "90d")
RULES = ("cluster_approach", "asymmetric_cluster", "cluster_growth", "large_position", "thin_book")


def a_rate(span: str, hits: int, n: int, usual: float | None = 0.5) -> Rate:
    low, high = wilson(hits, n)
    return Rate(span=span, n=n, share=hits / n if n else 0.0, low=low, high=high, usual=usual)


def a_record(rule: str, n: int = 300) -> Record:
    rates = [a_rate(span, n // part, 2 * n // part) for span, part in (("7d", 12), ("90d", 1))]
    return Record(rule, (rates[0], a_rate("30d", 30, 90, None), rates[1]))


def a_card(markets: int = 3, rules: int = 5, *, simulated: bool = False) -> Scorecard:
    beside = (("price_only", 0.66), ("usual_recipe", 0.41), ("before", 0.69))
    skills = [Skill("BTC", 0.71, beside), Skill("1000000MOG", -0.1, beside[:1])]
    return Scorecard(
        title="All markets: how true it was",
        day="2026-01-07",
        simulated=simulated,
        skills=tuple([*skills, *[Skill("ETH", 0.5, ())] * 9][:markets]),
        records=tuple(map(a_record, RULES[:rules])),
    )


def words(picture: Picture) -> list[str]:
    return [each.text for each in picture.writings]


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
@pytest.mark.parametrize(("markets", "rules"), [(1, 1), (0, 5), (3, 0), (9, 5)])
def test_words_are_large_inside_and_apart(theme: ThemeName, markets: int, rules: int) -> None:
    picture = draw_accuracy(a_card(markets, rules), View(theme=theme))
    with Image.open(BytesIO(picture.png)) as png:
        assert png.size == (picture.width, picture.height) == (1024, 1280)
    page = Box(0, 0, picture.width, picture.height)
    for each in picture.writings:
        assert page.holds(each.box), each.text
        assert each.size >= 24
    for one, other in combinations(picture.writings, 2):
        assert not one.box.overlaps(other.box), (one.text, other.text)
    assert len(picture.alt) <= 1024


def across(share: float) -> float:
    """Return where a share is on the axis, px."""
    return 232 + 616 * share


def diamonds(found: list[Stroke]) -> list[tuple[float, float]]:
    """Return the middles of the diamonds, and that they are as wide as tall."""
    inner = [each for each in found if (each.kind, each.colour) == ("polygon", DARK.short)]
    assert all((each.box.width, each.box.height) == (22, 22) for each in inner)
    return [each.box.middle for each in inner]


def test_scores_are_bars_with_marks_at_what_they_have_to_beat() -> None:
    with strokes() as found:
        draw_accuracy(a_card(markets=2, rules=0), View())
    bars = [each.box for each in found if (each.kind, each.colour) == ("fill", DARK.long)]
    assert [(each.x0, each.x1) for each in bars] == [(232, across(0.71)), (232, 232)]  # −0.1
    (_, y), marks = bars[0].middle, [each for each in found if each.colour == DARK.short]
    legend, *alone = [each.box for each in marks if each.kind == "fill"]
    for each in alone:
        assert (each.x0, each.x1) == pytest.approx((across(0.66) - 2, across(0.66) + 3))
    assert [each.middle[1] for each in alone] == [y, bars[1].middle[1]]
    assert legend.x1 < 232
    _, diamond = diamonds(found)
    assert diamond == pytest.approx((across(0.41), y))
    _, ring = [each for each in found if (each.kind, each.colour) == ("ring", DARK.text)]
    assert ring.box.middle == pytest.approx((across(0.69), y))


def test_rates_are_dots_on_their_intervals_beside_diamonds_of_chance() -> None:
    rates = (a_rate("7d", 2, 19), a_rate("30d", 30, 90, None), a_rate("90d", 150, 200, 0.6))
    card = replace(a_card(0, 0), records=(Record("thin_book", rates),))
    with strokes() as found:
        picture = draw_accuracy(card, View())
    rows = {each.text: each.box.middle[1] for each in picture.writings if each.text in SPANS}
    lines = [each for each in found if (each.kind, each.colour) == ("line", DARK.long)]
    dots = [each.box for each in found if (each.kind, each.colour) == ("rounded", DARK.long)]
    assert len(lines) == len(dots) == 3  # the first explains what they are
    for rate, line, dot in zip(rates[1:], lines[1:], dots[1:], strict=True):
        assert [x for x, _ in line.points] == [across(rate.low), across(rate.high)]
        assert dot.middle == pytest.approx((across(rate.share), line.box.y0))
        assert (dot.width, dot.height) == pytest.approx((22, 22))
        assert line.box.y0 == pytest.approx(rows[rate.span], abs=5)
    inks = [each.box for each in picture.writings]
    assert not any(each.overlaps(ink) for each in (lines[0].box, dots[0]) for ink in inks)
    key, chance = diamonds(found)
    assert chance == pytest.approx((across(0.6), lines[2].box.y0))
    assert key[1] == lines[0].box.y0
    assert {"alerts", "levels at random moments", "0%", "100%"} <= {*words(picture)}


def test_figures_stand_in_the_picture_and_beside_it() -> None:
    picture = draw_accuracy(a_card(), View())
    for fact in ("0.71", "−0.10", "50%", "33%", "n 600", "cluster approach", "usual recipe"):
        assert fact in words(picture)
    assert "BTC 0.71 (prices alone 0.66, usual recipe 0.41, model before 0.69)." in picture.alt
    rates = "7d 50% of 50, at random 50%; 30d 33% of 90; 90d 50% of 600, at random 50%."
    assert f"cluster approach: {rates}" in picture.alt
    assert NOTE in words(picture)


def test_of_few_cases_no_share_is_told() -> None:
    few = Record("thin_book", (a_rate("7d", 0, 0), a_rate("90d", 3, 19)))
    card = Scorecard(title="BTC", day="today", simulated=False, skills=(), records=(few,))
    picture = draw_accuracy(card, View())
    assert words(picture).count("too few to tell") == 2
    assert "16%" not in words(picture)
    assert "thin book: too few to tell." in picture.alt
    assert "The built-in model is not scored here." in words(picture)


def test_what_is_simulated_says_so() -> None:
    picture = draw_accuracy(a_card(simulated=True), View())
    assert "SIMULATED" in words(picture)
    assert "Simulated." in picture.alt
    assert "SIMULATED" not in words(draw_accuracy(a_card(), View()))


def test_where_no_alert_has_come_to_its_end_it_says_so() -> None:
    picture = draw_accuracy(a_card(rules=0), View())
    assert "None has run its time yet." in words(picture)
