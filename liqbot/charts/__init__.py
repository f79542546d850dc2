"""Pictures: what is known of a market, as a PNG that reads on a phone.

`chart` says what a chart is. The members share their plumbing: `_page` is the sheet with its
header, badges and footer, drawn on a `_canvas` in the colours of `_themes`; `_window` maps
price and time to pixels; `_cells` turns modelled dollars into cells; `_candles`, `_profile`,
`_annotations` and `_table` are the parts that pictures are put together from; `_numbers` and
`_words` say how figures and sentences are written.

Why matplotlib's Agg renderer and not its Figure: a picture is specified to the pixel, and
artists, layout and text of a Figure cost more than the whole budget of a picture.
"""

from liqbot.charts.chart import Chart
from liqbot.registry import Registry

CHARTS: Registry[Chart] = Registry(
    "liqbot.charts", "chart", ("heatmap", "levels", "delta", "tiers", "venues")
)
