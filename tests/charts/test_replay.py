"""A film shows what was known by then, frame by frame, and no column of it changes."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from liqbot.charts._geometry import Box
from liqbot.charts._replay import FRAMES, HEIGHT, WIDTH, Frame, Replay
from liqbot.charts._themes import THEMES
from liqbot.charts.chart import View
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.history import History
from liqbot.market.units import moment_of
from tests.builders import some_candles
from tests.charts.histories import START_MS, a_history, an_empty_history
from tests.charts.strokes import strokes

HISTORY, DARK = a_history(), THEMES["dark"]
SOME = 6  # frames: what holds for these holds for more
LEFT, TOP, RIGHT, BOTTOM = 12, 130, 494, 686  # where the cells are


def a_replay(history: History = HISTORY, **looks: Any) -> Replay:  # noqa: ANN401
    return Replay(history, View(**looks), SOME)


def pixels(frame: Frame) -> NDArray[np.uint8]:
    return np.asarray(frame.image.convert("RGB"))


def test_a_film_is_a_gif_that_chats_take_and_its_last_frame_stays_longest() -> None:
    replay = Replay(HISTORY, View())
    assert len(replay.ends) == FRAMES
    frames = [replay.draw(each) for each in range(len(replay.ends))]
    film = replay.cut(frames)
    assert len(film.gif) < 5_000_000
    assert (film.width, film.height, film.frames) == (WIDTH, HEIGHT, FRAMES)
    with Image.open(BytesIO(film.gif)) as image:
        assert (image.format, image.size) == ("GIF", (WIDTH, HEIGHT))
        assert getattr(image, "n_frames", 0) == FRAMES
        lengths = []
        for each in range(FRAMES):
            image.seek(each)
            lengths.append(image.info["duration"])
        assert image.info["loop"] == 0
        assert np.array_equal(np.asarray(image.convert("RGB")), pixels(frames[-1]))
    assert lengths == [120] * (FRAMES - 1) + [3000]
    whole = "BTC liquidation heatmap as it grew over 24h, Binance+Bybit+OKX"
    assert film.alt.startswith(f"{whole}, 2026-01-06 02:30 to 2026-01-07 02:00 UTC. Price ")
    assert "Estimate" in film.alt


def test_no_column_of_a_frame_changes_in_a_later_one() -> None:
    replay = a_replay()
    before, after = (pixels(replay.draw(each)) for each in (2, 4))
    seen = LEFT + (RIGHT - LEFT) * replay.ends[2] // 288 - 30  # the newest candle may still grow
    is_same = (before == after).all(axis=2)[TOP:BOTTOM, LEFT:seen]
    lines = np.flatnonzero(~is_same.all(axis=1))
    assert 0 < lines.size < 60  # those of the two prices
    assert not (before == after).all(axis=2)[TOP:BOTTOM, seen:RIGHT].all()


def test_what_is_later_changes_no_frame_but_for_its_window() -> None:
    replay = a_replay()
    at_ms = int(replay.moment(3).timestamp() * 1000)
    assert [replay.moment(each) for each in (0, -1)] == [
        moment_of(HISTORY.snapshot.at_ms) - timedelta(hours=20),
        moment_of(HISTORY.snapshot.at_ms),
    ]
    closed = HISTORY.candles.closed_ms
    assert replay.price(3) == HISTORY.candles.close[closed == at_ms][0]
    assert replay.price(-1) == HISTORY.candles.close[-1]


def test_a_frame_has_the_candles_that_had_closed_and_no_other() -> None:
    fallen = some_candles(np.geomspace(90_000, 65_000, 600), start_ms=START_MS, reach=0.001)
    replay = a_replay(a_history(candles=fallen))
    bodies = []
    replay.draw(0)  # what all frames share is drawn once
    for number in range(SOME):
        with strokes() as found:
            replay.draw(number)
        bodies.append([each.box for each in found if each.colour == DARK.falling])
        now = LEFT + (RIGHT - LEFT) * replay.ends[number] / 288
        assert max(each.x1 for each in bodies[-1]) == pytest.approx(now, abs=5)
    assert bodies[-1][: len(bodies[2]) - 2] == bodies[2][:-2]  # but for one that had not ended
    first, last = bodies[-1][0], bodies[-1][-1]
    assert TOP < first.y0 < last.y1 < BOTTOM  # none is cut


def test_prices_stand_at_their_height() -> None:
    replay = a_replay(a_history(price=2.12345))
    replay.draw(0)
    with strokes() as found:
        frame = replay.draw(2)
    (label,) = [each for each in found if each.kind == "rounded" and each.colour == DARK.price]
    assert label.box.middle[1] == replay._prices.y(replay.price(2))
    axis = [each for each in frame.writings if each.box.x0 >= RIGHT and TOP < each.box.y0 < BOTTOM]
    (now,) = [each for each in axis if label.box.holds(each.box)]
    assert now.text == f"{replay.price(2):.4f}"
    ticks = [each for each in axis if each is not now]
    assert len(ticks) >= 4
    for each in ticks:
        middle = (each.box.y0 + each.box.y1) / 2
        assert middle == pytest.approx(replay._prices.y(float(each.text)), abs=2)
    prices = [Numbers("en", "UTC").price(replay.price(each)) for each in (0, -1)]
    assert f"Price {prices[0]} to {prices[1]}." in replay._alt


def test_times_stand_below_their_columns_and_colours_beside_what_they_mean() -> None:
    replay = a_replay()
    frame = replay.draw(SOME - 1)
    places = {text: replay._times.x(at) for at, text in replay._times.ticks(Numbers("en", "UTC"))}
    labels = [each for each in frame.writings if each.text in places]
    assert len(labels) >= 3
    for each in labels:
        assert each.box.middle[0] == pytest.approx(places[each.text], abs=2)
    (bar,) = pixels(frame)[744:745, LEFT:300]
    assert len({*map(tuple, bar.tolist())}) > 20
    (most,) = [each for each in frame.writings if each.text.startswith("to ≥ $")]
    assert most.box.x0 > 300


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
def test_every_frame_says_of_when_it_is_and_that_it_is_a_replay(theme: str) -> None:
    replay = a_replay(theme=theme, zone="Europe/Berlin")
    for number in (0, SOME - 1):
        frame = replay.draw(number)
        said = [each.text for each in frame.writings]
        here = replay.moment(number) + timedelta(hours=1)
        assert f"{here:%Y-%m-%d %H:%M} Berlin" in said
        assert {"BTC", "24h", "REPLAY", "ESTIMATE", "Binance+Bybit+OKX"} <= {*said}
        assert "As known at each moment. Not a forecast. Not advice." in said


def test_it_reads_on_a_phone() -> None:
    for history in (HISTORY, a_history(simulated=True, price=0.00001234)):
        frame = a_replay(history).draw(SOME - 1)
        sheet = Box(0, 0, WIDTH, HEIGHT)
        for each in frame.writings:
            assert sheet.holds(each.box), each.text
            assert each.size >= 17  # 10 pt where it is 390 pt wide
        boxes = [each.box for each in frame.writings]
        assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_simulated_market_says_so_in_every_frame() -> None:
    frame = a_replay(a_history(simulated=True)).draw(0)
    assert "SIMULATED" in [each.text for each in frame.writings]


def test_where_nothing_is_known_nothing_is_drawn() -> None:
    replay = a_replay(an_empty_history())
    assert pixels(replay.draw(0)).shape == (HEIGHT, WIDTH, 3)
