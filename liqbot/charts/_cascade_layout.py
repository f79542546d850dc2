"""Where the parts of a picture of a cascade stand, in pixels of the smallest size."""

from dataclasses import dataclass

from liqbot.charts._geometry import Box
from liqbot.charts.chart import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadeLayout:
    """The places of its own parts."""

    captions_y: float
    fires: Box  # what is expected to fire, bars to the left
    rests: Box  # what rests, bars to the right
    axis: Box  # prices
    ticks_y: float  # of dollars
    words: Box
    pitch: float  # from line to line of them
    table: Box
    rows: int  # of bars

    @property
    def plot(self) -> Box:
        """Both sides of bars and what is between."""
        return Box(self.fires.x0, self.fires.y0, self.rests.x1, self.rests.y1)


_PORTRAIT = CascadeLayout(
    captions_y=158,
    fires=Box(16, 178, 442, 826),
    rests=Box(454, 178, 880, 826),
    axis=Box(886, 178, 1016, 826),
    ticks_y=846,
    words=Box(16, 868, 1008, 1076),
    pitch=34,
    table=Box(16, 1082, 1008, 1214),
    rows=162,
)
_WIDE = CascadeLayout(
    captions_y=113,
    fires=Box(16, 132, 347, 634),
    rests=Box(359, 132, 690, 634),
    axis=Box(696, 132, 826, 634),
    ticks_y=656,
    words=Box(850, 100, 1264, 546),
    pitch=34,
    table=Box(850, 552, 1264, 684),
    rows=126,
)

CASCADE_LAYOUTS: dict[Size, CascadeLayout] = {
    "portrait": _PORTRAIT,
    "wide": _WIDE,
    "hd": _PORTRAIT,
}
