"""How a map did, as a picture."""

from dataclasses import replace
from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from liqbot.calibration.evaluation import OURS
from liqbot.charts._flow import draw_flow
from liqbot.charts._geometry import Box
from liqbot.charts.chart import Picture, ThemeName, View
from liqbot.market.units import Side
from tests.proofs import a_proof


def drawn(hours: int = 10, fitted: int = 4, *, simulated: bool = False) -> Picture:
    return draw_flow(a_proof(hours, fitted), View(), simulated=simulated)


def words(picture: Picture) -> list[str]:
    return [each.text for each in picture.writings]


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
def test_it_is_a_portrait_in_every_theme(theme: ThemeName) -> None:
    picture = draw_flow(a_proof(), View(theme=theme), simulated=False)
    with Image.open(BytesIO(picture.png)) as png:
        assert png.size == (picture.width, picture.height) == (1024, 1280)
    assert len(picture.png) < 400_000


@pytest.mark.parametrize(("hours", "fitted"), [(10, 4), (48, 24), (1300, 650), (3, 0), (3, 3)])
def test_words_are_large_inside_and_apart(hours: int, fitted: int) -> None:
    picture = drawn(hours, fitted)
    assert min(each.size for each in picture.writings) >= 24
    page = Box(0, 0, picture.width, picture.height)
    for each in picture.writings:
        assert page.x0 <= each.box.x0 < each.box.x1 <= page.x1, each.text
        assert page.y0 <= each.box.y0 < each.box.y1 <= page.y1, each.text
    for one, other in combinations(picture.writings, 2):
        assert not one.box.overlaps(other.box), (one.text, other.text)


def test_scores_stand_above_each_side_in_picture_and_alt_text() -> None:
    picture, proof = drawn(), a_proof()
    for side in Side:
        told = " · ".join(
            f"{name} {scores[side.index].r2_sqrt:.2f}".replace("-", "−")
            for name, scores in proof.flow.items()
        )
        assert f"R²(√) unseen: {told}" in words(picture)
        assert told in picture.alt
    assert len(picture.alt) <= 1024


def test_what_is_measured_and_what_is_modelled_is_told() -> None:
    told = words(drawn())
    assert "REALISED" in told
    assert "modelled: an ESTIMATE" in told
    assert "4 hours fitted, 6 hours tested" in " ".join(told)
    assert "SIMULATED" not in told


def test_the_simulated_is_told_to_be() -> None:
    picture = drawn(simulated=True)
    assert "SIMULATED" in words(picture)
    assert "Simulated." in picture.alt


@pytest.mark.parametrize(("fitted", "parted"), [(4, True), (0, False), (10, False)])
def test_fit_and_test_are_parted_where_there_are_both(fitted: int, parted: bool) -> None:
    assert ("test" in words(drawn(fitted=fitted))) == parted


def test_many_hours_share_a_bar() -> None:
    assert "in 1 h" in words(drawn(100))
    assert "in 8 h" in words(drawn(1300))


def test_hours_too_few_for_a_score_get_none() -> None:
    assert words(drawn(hours=6, fitted=4)).count("Too few hours to score") == 2
    assert words(drawn(hours=7, fitted=4)).count("Too few hours to score") == 0


def test_the_modelled_is_scaled_as_its_score_is() -> None:
    proof = a_proof()
    tripled = replace(proof, modelled={**proof.modelled, OURS: 3 * proof.modelled[OURS]})
    view = View()
    one, other = (draw_flow(each, view, simulated=False) for each in (proof, tripled))
    assert one.png == other.png


def test_an_unknown_hour_counts_for_nothing() -> None:
    proof = a_proof()
    realised = proof.spans.realised.copy()
    realised[0, 8] = np.nan
    picture = draw_flow(
        replace(proof, spans=replace(proof.spans, realised=realised)), View(), simulated=False
    )
    assert picture.png != drawn().png


def test_no_hours_are_told() -> None:
    proof = a_proof()
    none = np.zeros(len(proof.spans), dtype=bool)
    empty = replace(
        proof,
        spans=proof.spans.where(none),
        seen=none[:0],
        modelled={name: usd[:, :0] for name, usd in proof.modelled.items()},
        flow={},
    )
    assert words(draw_flow(empty, View(), simulated=False)).count("No hours to score.") == 2
