"""Cards beside the price axis, each tied to the cluster that it tells about."""

from collections.abc import Callable, Sequence

from liqbot.charts._annotations import draw_bracket, notes
from liqbot.charts._geometry import Box
from liqbot.charts._page import Page
from liqbot.charts._window import PriceWindow
from liqbot.heatmap.clusters import Cluster

PITCH = 34.0  # px from line to line
_PADDING = 8.0
_BETWEEN = 8.0


def draw_cards(
    page: Page,
    clusters: Sequence[Cluster],
    prices: PriceWindow,
    lines: int,
    fill: Callable[[Cluster, Box], None],
) -> list[Cluster]:
    """Draw a card of so many lines for each cluster that there is room for; return which.

    `fill` writes into the card's inside, whose first line is PITCH high.
    """
    canvas, theme, layout = page.canvas, page.theme, page.layout
    height = lines * PITCH + 2 * _PADDING
    room = Box(0, layout.cards.y0 + height / 2, 0, layout.cards.y1 - height / 2)
    placed = notes(clusters, prices, page.history.snapshot.mark, room, height + _BETWEEN)
    x = layout.cards.x0 - 28
    for note in placed:
        colour = theme.side(note.cluster.side)
        middle = draw_bracket(canvas, theme, note.cluster, prices, x)
        card = Box(layout.cards.x0, note.y - height / 2, layout.cards.x1, note.y + height / 2)
        canvas.line([(x, middle), (card.x0, note.y)], colour, 3, halo=2)
        canvas.rounded(card, 10, fill=theme.panel, edge=theme.grid)
        canvas.fill(Box(card.x0, card.y0 + 10, card.x0 + 5, card.y1 - 10), colour)
        fill(note.cluster, card.grown(-16, -_PADDING))
    return [note.cluster for note in placed]
