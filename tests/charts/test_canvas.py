from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from liqbot.charts._canvas import Canvas, rgb
from liqbot.charts._geometry import Box

RED, BLACK, WHITE = "#FF0000", "#000000", "#FFFFFF"


def seen(canvas: Canvas) -> NDArray[np.uint8]:
    return np.asarray(Image.open(BytesIO(canvas.png())))


def test_boxes_have_crisp_edges() -> None:
    canvas = Canvas(20, 10, 1, BLACK)
    canvas.fill(Box(3, 2, 7, 5), RED)
    red = (seen(canvas) == rgb(RED)).all(axis=2)
    assert red.sum() == 12
    assert red[2:5, 3:7].all()


@pytest.mark.parametrize("box", [Box(-5, -5, 3, 3), Box(18, 8, 99, 99), Box(30, 30, 40, 40)])
def test_what_sticks_out_is_cut_off(box: Box) -> None:
    canvas = Canvas(20, 10, 1, BLACK)
    canvas.fill(box, RED)
    canvas.text(box.x0, box.y0, "outside", 12, WHITE)
    assert seen(canvas).shape == (10, 20, 3)


def test_cells_take_the_nearest_pixel_and_are_not_blurred() -> None:
    canvas = Canvas(8, 4, 2, BLACK)
    cells = np.array([[rgb(RED), rgb(WHITE)], [rgb(WHITE), rgb(RED)]], np.uint8)
    canvas.paint(Box(0, 0, 8, 4), cells)
    drawn = seen(canvas)
    assert drawn.shape == (8, 16, 3)
    assert (drawn[:4, :8] == rgb(RED)).all()
    assert (drawn[:4, 8:] == rgb(WHITE)).all()
    assert (drawn[4:, 8:] == rgb(RED)).all()


def test_cells_let_through_what_they_do_not_cover() -> None:
    canvas = Canvas(4, 2, 1, WHITE)
    cells = np.full((1, 2, 3), rgb(BLACK), np.uint8)
    canvas.paint(Box(0, 0, 4, 2), cells, np.array([[0.0, 0.5]], np.float32))
    assert seen(canvas)[0, :, 0].tolist() == [255, 255, 128, 128]


def test_text_is_remembered_where_its_ink_is() -> None:
    canvas = Canvas(300, 60, 1, BLACK)
    box = canvas.text(150, 30, "66,800", 28, WHITE, align="centre")
    ink = np.argwhere(seen(canvas).any(axis=2))
    (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0) + 1
    assert Box(left, top, right, bottom).overlaps(box)
    assert box.grown(1, 1).holds(Box(left, top, right, bottom))
    assert box.width == canvas.measure("66,800", 28) <= (right - left) + 4
    (written,) = canvas.writings
    assert (written.text, written.size, written.box) == ("66,800", 28, box)


@pytest.mark.parametrize(("align", "x"), [("left", 100), ("centre", 50), ("right", 0)])
def test_text_is_aligned(align: str, x: float) -> None:
    box = Canvas(400, 60, 1, BLACK).text(100, 30, "0000", 30, WHITE, align=align)  # type: ignore[arg-type]
    assert box.x0 + box.width * {"left": 0, "centre": 0.5, "right": 1}[align] == pytest.approx(
        100, abs=1
    )


def test_capitals_are_centred_on_their_height() -> None:
    canvas = Canvas(100, 100, 1, BLACK)
    canvas.text(10, 50, "H", 40, WHITE)
    rows = np.flatnonzero(seen(canvas).any(axis=(1, 2)))
    assert (rows.min() + rows.max() + 1) / 2 == pytest.approx(50, abs=1)


def test_figures_are_equally_wide() -> None:
    canvas = Canvas(10, 10, 1, BLACK)
    assert abs(canvas.measure("1" * 8, 28) - canvas.measure("8" * 8, 28)) <= 4


def test_a_character_that_the_font_lacks_becomes_a_box() -> None:
    canvas = Canvas(200, 60, 1, BLACK)
    canvas.text(10, 30, "币安人生", 28, WHITE)
    assert seen(canvas).any()
    assert canvas.measure("币安", 28) == canvas.measure("□□", 28)


def test_the_first_text_that_fits_is_taken_and_the_last_one_cut() -> None:
    canvas = Canvas(10, 10, 1, BLACK)
    forms = ["far too long for the room", "short", "s"]
    assert canvas.fitting(forms, 26, 1000) == forms[0]
    assert canvas.fitting(forms, 26, 100) == "short"
    cut = canvas.fitting(["far too long"], 26, 100)
    assert cut.endswith("…")
    assert canvas.measure(cut, 26) <= 100


def test_lines_are_thick_and_dashes_leave_gaps() -> None:
    canvas = Canvas(100, 20, 1, BLACK)
    canvas.line([(0, 10), (100, 10)], WHITE, 4, dashes=(10, 10))
    row = seen(canvas)[10, :, 0] > 128
    assert 0.4 < row.mean() < 0.6
    assert (seen(canvas)[:, 5, 0] > 128).sum() == 4


def test_a_halo_sets_lines_and_text_off() -> None:
    canvas = Canvas(100, 40, 1, BLACK)
    canvas.fill(Box(0, 0, 100, 40), WHITE)
    canvas.line([(0, 20), (100, 20)], WHITE, 4, halo=4)
    column = seen(canvas)[:, 50, 0]
    assert column[20] == 255
    assert column[16] < 100
    assert column[5] == 255


def test_larger_pictures_are_the_same_picture() -> None:
    sizes = []
    for scale in (1, 2):
        canvas = Canvas(100, 50, scale, BLACK)
        canvas.rounded(Box(10, 10, 90, 40), 8, fill=RED, edge=WHITE)
        canvas.polygon([(20, 20), (40, 20), (30, 35)], BLACK)
        canvas.ring(70, 25, 8, BLACK, 3)
        canvas.text(50, 25, "A", 20, BLACK)
        sizes.append(Image.fromarray(seen(canvas)).resize((100, 50), Image.Resampling.BOX))
    one, two = (np.asarray(each).astype(int) for each in sizes)
    assert np.abs(one - two).mean() < 6
