"""Where the parts of a picture of forced orders stand, in pixels of the smallest size."""

from dataclasses import dataclass

from liqbot.charts._geometry import Box
from liqbot.charts.chart import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLayout:
    """The places of its own parts."""

    plot: Box
    axis: Box  # prices
    times_y: float
    key: Box
    has_sizes: bool  # whether the key has room for sizes
    words: Box
    pitch: float  # from line to line of them
    table: Box


_PORTRAIT = FeedLayout(
    plot=Box(16, 140, 880, 790),
    axis=Box(886, 140, 1016, 790),
    times_y=810,
    key=Box(16, 832, 1008, 880),
    has_sizes=True,
    words=Box(16, 886, 1008, 1024),
    pitch=34,
    table=Box(16, 1030, 1008, 1214),
)
_WIDE = FeedLayout(
    plot=Box(16, 96, 690, 634),
    axis=Box(696, 96, 826, 634),
    times_y=654,
    key=Box(850, 100, 1264, 148),
    has_sizes=False,
    words=Box(850, 156, 1264, 428),
    pitch=34,
    table=Box(850, 436, 1264, 676),
)

FEED_LAYOUTS: dict[Size, FeedLayout] = {"portrait": _PORTRAIT, "wide": _WIDE, "hd": _PORTRAIT}
