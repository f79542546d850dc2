"""Where the parts of a picture stand, in pixels of the smallest size."""

from dataclasses import dataclass, replace

from liqbot.charts._geometry import Box
from liqbot.charts.chart import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The places that charts share."""

    width: int
    height: int
    scale: int  # px of the picture per px here
    title_y: float
    subtitle_y: float
    badges: tuple[Box, ...]  # lines that badges flow along, the first after the subtitle
    curve_ticks_y: float  # what labels the profile's cumulative curves
    heat: Box
    margin: Box  # where the newest bands go on and labels stand
    profile: Box
    axis: Box  # prices
    times_y: float
    colour_bar: Box
    colour_ticks_y: float
    colour_ticks: int
    unit: Box  # what the colours are in
    legend: Box  # what the profile's tints are
    table: Box
    footer: Box
    rows: int  # of cells
    bars: Box  # in charts of levels: what stands where
    cards: Box  # … and what there is to say about it
    card_lines: int
    key: Box  # … and what its colours mean


_PORTRAIT = Layout(
    width=1024,
    height=1280,
    scale=1,
    title_y=33,
    subtitle_y=80,
    badges=(Box(16, 63, 1008, 97), Box(16, 101, 640, 135)),
    curve_ticks_y=119,
    heat=Box(16, 140, 592, 1000),
    margin=Box(592, 140, 648, 1000),
    profile=Box(652, 140, 880, 1000),
    axis=Box(886, 140, 1016, 1000),
    times_y=1017,
    colour_bar=Box(16, 1036, 708, 1052),
    colour_ticks_y=1067,
    colour_ticks=5,
    unit=Box(732, 1032, 1008, 1080),
    legend=Box(656, 1002, 1012, 1032),
    table=Box(16, 1088, 1008, 1216),
    footer=Box(16, 1222, 1008, 1272),
    rows=215,
    bars=Box(16, 140, 450, 1000),
    cards=Box(490, 140, 876, 1000),
    card_lines=3,
    key=Box(16, 1036, 1008, 1080),
)
_WIDE = Layout(
    width=1280,
    height=720,
    scale=1,
    title_y=30,
    subtitle_y=75,
    badges=(Box(16, 58, 928, 92),),
    curve_ticks_y=77,
    heat=Box(16, 96, 880, 544),
    margin=Box(880, 96, 936, 544),
    profile=Box(940, 96, 1136, 544),
    axis=Box(1142, 96, 1272, 544),
    times_y=561,
    colour_bar=Box(16, 579, 376, 593),
    colour_ticks_y=608,
    colour_ticks=3,
    unit=Box(16, 626, 376, 650),
    legend=Box(16, 653, 376, 681),
    table=Box(400, 576, 1264, 688),
    footer=Box(16, 693, 1264, 717),
    rows=112,
    bars=Box(16, 96, 560, 544),
    cards=Box(600, 96, 1132, 544),
    card_lines=2,
    key=Box(16, 580, 376, 684),
)

LAYOUTS: dict[Size, Layout] = {
    "portrait": _PORTRAIT,
    "wide": _WIDE,
    "hd": replace(_PORTRAIT, scale=2),
}
