"""Pictures: what is known of a market, as a PNG that reads on a phone.

`chart` says what a chart is. A member draws on a `_page`, which brings header, `_badges` and
footer, and a `_canvas` in the colours of `_themes`, with the text of `_lettering`; `_layout`
says where its parts stand, in the `_geometry` of the smallest size. `_window` maps price and
time to pixels, `_cells` turns dollars into cells, `_balance` into differences. `_axes`,
`_bars`, `_candles`, `_profile`, `_colourbar`, `_annotations`, `_marks`, `_cards`, `_zones`
and `_table` are the parts that pictures are put together from, `_words` the same in
sentences; figures and facts are those of `chat`. Not all is a picture of one History: `_flow`
draws how well a map did, `_accuracy` that beside what came of alerts, `_replay` a film of how it
grew, `_feed` what was force-closed, `_cascade` what would be if price went somewhere, `_risk` the
same of several markets; `_sentences` writes what they have to say.

Why matplotlib's Agg renderer and not its Figure: a picture is specified to the pixel, and
artists, layout and text of a Figure cost more than the whole budget of a picture.
"""

from liqbot.charts.chart import Chart
from liqbot.registry import Registry

CHARTS: Registry[Chart] = Registry(
    "liqbot.charts", "chart", ("heatmap", "levels", "delta", "tiers", "venues", "cascade")
)
