"""Little rests between the price and a cluster."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt, Interval

from liqbot.heatmap.clusters import Cluster
from liqbot.heatmap.quality import fresh_books
from liqbot.market.book import OrderBook
from liqbot.market.units import Price, Side
from liqbot.rules._finding import LESS, finding, worth
from liqbot.rules.rule import NEARNESS, Blind, Criterion, Fact, Finding, Rule, Scene, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How little, and before what."""

    max_resting: Annotated[
        float, Gt(0), "Orders resting up to the cluster ÷ what it is expected to fire."
    ] = 0.2
    reach: Annotated[
        float, Interval(gt=0, lt=1), "How far from the price is looked, as a fraction of it."
    ] = 0.03
    min_share: Annotated[
        float, Ge(0), "What the cluster is expected to fire, of a usual day's liquidations."
    ] = 0.15


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Compare each cluster with the orders before it, on the venues whose books reach it."""
    books = fresh_books(scene.history)
    if scene.blind:
        return scene.blind
    if not books:
        return Blind("no order book is known, or all are out of date")
    return _thin(scene, settings, books)


def _thin(scene: Scene, settings: Settings, books: Mapping[str, OrderBook]) -> Iterator[Finding]:
    mark = scene.history.snapshot.mark
    for cluster in scene.clusters:
        edge = cluster.high if cluster.side is Side.LONG else cluster.low
        reaching = [venue for venue, book in books.items() if _reaches(book, cluster.side, edge)]
        held = sum(cluster.venues.get(venue, 0.0) for venue in reaching)
        if not 0 < abs(cluster.distance) <= settings.reach * LESS or not held > 0:
            continue
        low, high = sorted((mark, edge))
        resting = sum(books[venue].usd_between(low, high) for venue in reaching)
        expected = held * scene.history.model.realisation[cluster.side.index]
        yield _found(scene, settings, cluster, resting, expected)


def _found(
    scene: Scene, settings: Settings, cluster: Cluster, resting: float, expected: float
) -> Finding:
    share = Fact("resting to expected", resting / expected, Unit.RATIO)
    distance = Fact("distance to its edge", abs(cluster.distance), Unit.FRACTION)
    return finding(
        scene,
        cluster.side,
        f"Little rests between the price and a cluster of {cluster.side}s",
        [
            Criterion("max_resting", share, settings.max_resting, LESS),
            Criterion("reach", distance, settings.reach, LESS),
            worth(scene, cluster.expected_usd, settings.min_share),
        ],
        [
            Fact("resting on the way", resting, Unit.USD),
            Fact("expected on the same venues", expected, Unit.USD),
        ],
        cluster=cluster,
    )


def _reaches(book: OrderBook, side: Side, edge: Price) -> bool:
    """Tell whether a book is known as far as a price."""
    if side is Side.LONG:
        return bool(book.bid_price.size) and book.bid_price[-1] <= edge
    return bool(book.ask_price.size) and book.ask_price[-1] >= edge


RULE = Rule(
    name="thin_book",
    summary="Say when little rests between the price and a cluster",
    settings=Settings,
    evaluate=evaluate,
    patience=NEARNESS,
    chart="heatmap",
)
