"""Text as coverage masks, in the fonts that matplotlib brings along."""

from dataclasses import dataclass
from functools import lru_cache

import matplotlib as mpl
import numpy as np
from matplotlib.font_manager import get_font
from matplotlib.ft2font import LoadFlags
from numpy.typing import NDArray

_FONTS = f"{mpl.get_data_path()}/fonts/ttf"
_FILES = (f"{_FONTS}/DejaVuSans.ttf", f"{_FONTS}/DejaVuSans-Bold.ttf")
_MISSING = "□"

CAP_HEIGHT = 0.729  # of DejaVu Sans, ÷ font size


@dataclass(frozen=True, slots=True)
class Lettering:
    """The ink of one line of text."""

    mask: NDArray[np.uint8]  # (height, width) coverage, 0 … 255
    descent: int  # rows of it below the baseline


@lru_cache(maxsize=4)
def _known(file: str) -> frozenset[int]:
    return frozenset(get_font(file).get_charmap())


# A picture's words are mostly those of the picture before: shaping costs more than drawing.
@lru_cache(maxsize=2048)
def lettering(text: str, size: int, *, bold: bool) -> Lettering:
    """Set a line of text in so many px; a character that the font lacks becomes a box."""
    file = _FILES[bold]
    known = _known(file)
    shown = "".join(each if ord(each) in known else _MISSING for each in text)
    font = get_font(file)
    font.set_size(size, 72)
    font.set_text(shown, 0.0, flags=LoadFlags.FORCE_AUTOHINT)
    font.draw_glyphs_to_bitmap(antialiased=True)
    mask = np.array(font.get_image(), dtype=np.uint8)
    mask.flags.writeable = False
    return Lettering(mask, round(font.get_descent() / 64))


@lru_cache(maxsize=512)
def swollen(text: str, size: int, reach: int, *, bold: bool) -> NDArray[np.uint8]:
    """Return the same ink grown by so many px on every side, for a halo: (height + 2·reach, …)."""
    ink = lettering(text, size, bold=bold).mask
    grown = np.pad(ink, reach)
    for axis in (0, 1):
        line = grown.copy()
        for shift in range(1, reach + 1):
            np.maximum(line, np.roll(grown, shift, axis), out=line)
            np.maximum(line, np.roll(grown, -shift, axis), out=line)
        grown = line
    grown.flags.writeable = False
    return grown
