from typing import get_args

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from liqbot.charts._themes import CAPPED, THEMES, Theme, mixed, ramp
from liqbot.charts.chart import ColourMap, ThemeName

# Machado, Oliveira and Fernandes 2009: what is left to an eye without green cones
_DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


def linear(colours: ArrayLike) -> NDArray[np.float64]:
    share = np.asarray(colours, np.float64) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lightness(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE L* of linear RGB."""
    y = light @ np.array([0.2126, 0.7152, 0.0722])
    found: NDArray[np.float64] = np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.3 * y)
    return found


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""
    parts = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in (one, other)]
    y = linear(parts) @ np.array([0.2126, 0.7152, 0.0722])
    return float((y.max() + 0.05) / (y.min() + 0.05))


@pytest.mark.parametrize("theme", get_args(ThemeName))
@pytest.mark.parametrize("colours", get_args(ColourMap))
def test_lightness_is_monotonic_from_the_ground_to_the_cap(
    colours: ColourMap, theme: ThemeName
) -> None:
    light = lightness(linear(ramp(colours, theme)))
    steps = np.diff(light) * (1 if THEMES[theme].dark else -1)
    assert steps.min() > -0.35  # rounding to 8 bits
    assert np.abs(light[-1] - light[0]) > 75


@pytest.mark.parametrize("theme", get_args(ThemeName))
@pytest.mark.parametrize("colours", get_args(ColourMap))
def test_a_colour_blind_eye_tells_the_steps_of_the_bar_apart(
    colours: ColourMap, theme: ThemeName
) -> None:
    table = linear(ramp(colours, theme)[np.linspace(0, CAPPED - 1, 5).astype(int)])
    seen = lightness(np.clip(table @ _DEUTERANOPIA.T, 0, 1))
    assert np.abs(np.diff(seen)).min() > 8


def test_the_lowest_level_is_the_ground() -> None:
    for name, theme in THEMES.items():
        ground = [int(theme.ground[i : i + 2], 16) for i in (1, 3, 5)]
        assert ramp("viridis", name)[0].tolist() == ground


def test_the_dark_theme_has_the_contrasts_it_was_chosen_for() -> None:
    dark = THEMES["dark"]
    found = [contrast(c, dark.ground) for c in (dark.text, dark.muted, dark.long, dark.short)]
    assert found == pytest.approx([16.3, 7.8, 8.4, 8.6], abs=0.1)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_is_legible_on_whatever_it_stands(theme: Theme) -> None:
    for colour in (theme.text, theme.muted, theme.long, theme.short):
        for ground in (theme.ground, theme.panel):
            assert contrast(colour, ground) >= 4.5
    for fill in (theme.amber, theme.red, theme.simulated):
        assert contrast(theme.signal_text, fill) >= 4.5


def test_the_contrast_theme_has_more_contrast_than_the_dark_one() -> None:
    for name in ("text", "muted", "long", "short", "grid"):
        one, other = (
            contrast(getattr(THEMES[t], name), THEMES[t].ground) for t in ("contrast", "dark")
        )
        assert one > other


def test_colours_mix() -> None:
    assert mixed("#FF0000", "#0000FF", 0.5) == "#800080"
    assert mixed("#FF0000", "#0000FF", 0.0) == "#0000FF"
