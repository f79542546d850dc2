"""Small golden pictures; `uv run python -m tests.charts.golden` draws them anew."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from liqbot.charts import CHARTS
from liqbot.charts.chart import View
from tests.charts.histories import a_history

FOLDER = Path(__file__).parents[1] / "data" / "pictures"
SIZE = (205, 256)  # a fifth: shapes and colours count, single pixels do not


def small(chart: str) -> Image.Image:
    """Draw a chart of the usual history at a fifth of its size."""
    picture = CHARTS[chart].draw(a_history(), View())
    return Image.open(BytesIO(picture.png)).resize(SIZE, Image.Resampling.BOX)


def main() -> None:
    """Write every golden picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for chart in CHARTS:
        small(chart).save(FOLDER / f"{chart}.png", optimize=True)


if __name__ == "__main__":
    main()
