"""What rests between the price and a cluster, beside what the cluster is expected to fire."""

from dataclasses import dataclass

from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.history import History
from liqbot.heatmap.quality import fresh_books
from liqbot.market.book import OrderBook
from liqbot.market.units import Price, Side, Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """The way to a cluster's near edge, on the venues whose books are known that far."""

    venues: tuple[str, ...]
    resting_usd: Usd  # from the mark to the edge
    expected_usd: Usd  # of the cluster's part on the same venues, above 0

    @property
    def share(self) -> float:
        """What rests ÷ what is expected."""
        return self.resting_usd / self.expected_usd


def approach_of(history: History, cluster: Cluster) -> Approach | None:
    """Weigh the way to a cluster; None where price is in it, or no fresh book reaches it."""
    books, mark = fresh_books(history), history.snapshot.mark
    edge = cluster.high if cluster.side is Side.LONG else cluster.low
    reaching = [venue for venue, book in books.items() if _reaches(book, cluster.side, edge)]
    held = sum(cluster.venues.get(venue, 0.0) for venue in reaching)
    expected = held * history.model.realisation[cluster.side.index]
    if cluster.distance == 0 or not expected > 0:
        return None
    low, high = sorted((mark, edge))
    resting = sum(books[venue].usd_between(low, high) for venue in reaching)
    return Approach(venues=tuple(reaching), resting_usd=Usd(resting), expected_usd=Usd(expected))


def _reaches(book: OrderBook, side: Side, edge: Price) -> bool:
    """Tell whether a book is known as far as a price."""
    if side is Side.LONG:
        return bool(book.bid_price.size) and book.bid_price[-1] <= edge
    return bool(book.ask_price.size) and book.ask_price[-1] >= edge
