"""Colours: what everything is drawn in, and how dollars become colour."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from matplotlib import colormaps

from liqbot.charts._canvas import Pixels, rgb
from liqbot.charts.chart import ColourMap, ThemeName
from liqbot.market.units import F8, Side

CAPPED: Final = 255  # the level of what is beyond the scale
_FADE = 0.15  # the lowest share of the scale fades into the ground
_PART: dict[ColourMap, tuple[float, float]] = {  # between the ground and CAPPED
    "viridis": (0.0, 1.0),
    "inferno": (0.1, 1.0),
    "cividis": (0.0, 1.0),
    "grey": (0.1, 0.88),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A set of colours that go together, each "#RRGGBB"."""

    ground: str
    panel: str  # the ground of what is not there: gaps, empty panels
    grid: str
    text: str
    muted: str
    long: str
    short: str
    price: str  # price line and what belongs to it
    rising: str  # the inside of a candle
    falling: str
    candle: str  # a candle's border and wick
    outline: str  # what sets candles off from the cells
    capped: str  # cells beyond the scale
    amber: str
    red: str
    simulated: str
    signal_text: str  # on amber, red and simulated
    dark: bool  # whether light stands for more

    def side(self, side: Side) -> str:
        """Return the colour of a side."""
        return self.long if side is Side.LONG else self.short


THEMES: dict[ThemeName, Theme] = {
    "dark": Theme(
        ground="#0B0E14", panel="#131822", grid="#1C2330", text="#E8ECF1", muted="#9AA6B2",
        long="#56B4E9", short="#E69F00", price="#FFFFFF",
        rising="#10141C", falling="#8A94A0", candle="#FFFFFF", outline="#0B0E14",
        capped="#FFFBE6", amber="#FFC247", red="#FF6B5E", simulated="#E08BC0",
        signal_text="#0B0E14", dark=True,
    ),
    "light": Theme(
        ground="#FFFFFF", panel="#EEF1F4", grid="#DCE1E7", text="#12161C", muted="#4E5966",
        long="#00619C", short="#9C4A00", price="#12161C",
        rising="#FFFFFF", falling="#77818C", candle="#12161C", outline="#FFFFFF",
        capped="#0A0210", amber="#FFC247", red="#FF7B6E", simulated="#F0A3D3",
        signal_text="#12161C", dark=False,
    ),
    "contrast": Theme(
        ground="#000000", panel="#16181C", grid="#4A5563", text="#FFFFFF", muted="#D5DBE1",
        long="#7CCBFF", short="#FFB733", price="#FFFFFF",
        rising="#000000", falling="#B4BCC6", candle="#FFFFFF", outline="#000000",
        capped="#FFFFFF", amber="#FFD34D", red="#FF8A80", simulated="#FFA6DC",
        signal_text="#000000", dark=True,
    ),
}  # fmt: skip


def mixed(colour: str, ground: str, share: float) -> str:
    """Lay so much of a colour over a ground."""
    parts = (round(b + (c - b) * share) for c, b in zip(rgb(colour), rgb(ground), strict=True))
    return "#" + "".join(f"{part:02X}" for part in parts)


@lru_cache(maxsize=16)
def ramp(colours: ColourMap, theme: ThemeName) -> Pixels:
    """Return the colour of each level: (256, 3), from the ground to the heaviest, then CAPPED.

    Lightness is monotonic in the level: it rises on dark grounds and falls on light ones.
    """
    look = THEMES[theme]
    low, high = _PART[colours]
    steps = np.linspace(low, high, CAPPED) if look.dark else np.linspace(high, low, CAPPED)
    name = "gray" if colours == "grey" else colours
    top: F8 = np.asarray(colormaps[name](steps))[:, :3] * 255
    cover = np.clip(np.linspace(0, 1, CAPPED) / _FADE, 0, 1)[:, None]
    blend = np.array(rgb(look.ground)) * (1 - cover) + top * cover
    table = np.round(np.vstack([blend, [rgb(look.capped)]])).astype(np.uint8)
    table.flags.writeable = False
    return table
