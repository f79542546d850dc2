"""A position sized up: what each venue's formula says of it, and the map that it stands in."""

from collections.abc import Mapping
from dataclasses import dataclass

from liqbot.chat.arguments import Known
from liqbot.commands._position import Position, position_of, read
from liqbot.desk import Desk
from liqbot.errors import CommandError
from liqbot.heatmap.exposure import outside
from liqbot.heatmap.history import History
from liqbot.heatmap.liquidation import LiquidationQuote, liquidation_price
from liqbot.market.holding import Holding
from liqbot.market.instrument import choose
from liqbot.market.units import Price
from liqbot.rules.rule import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What can be said of a position now."""

    position: Position
    scene: Scene | None  # None before the first map
    quotes: Mapping[str, LiquidationQuote]  # by venue, the first to liquidate in front
    refused: Mapping[str, str]  # by venue, why it has none
    told: tuple[str, ...]  # venues whose own brackets count; the others' are built in

    @property
    def first(self) -> LiquidationQuote:
        """The quote that price comes to first."""
        return next(iter(self.quotes.values()))

    @property
    def end(self) -> Price:
        """Where it ends: at its stop, else where it is liquidated first."""
        return self.first.price if self.position.stop is None else self.position.stop

    @property
    def is_stopped(self) -> bool:
        """Whether price is at its stop or past it."""
        stop, mark = self.position.stop, self.mark
        return (
            stop is not None and mark is not None and self.position.side.sign * (mark - stop) <= 0
        )

    def ways_out(self, history: History) -> Mapping[str, Price]:
        """Return where a stop would stand outside of the clusters around the end, by which side."""
        ways = (
            {"before": False} if self.position.stop is None else {"beyond": True, "before": False}
        )
        side, limit = self.position.side, self.first.price
        return {
            name: price
            for name, far in ways.items()
            if (price := outside(history, side, self.end, limit, beyond=far)) is not None
        }

    @property
    def mark(self) -> float | None:
        """The price now, as far as it is known."""
        return _mark(self.scene)

    @property
    def holding(self) -> Holding:
        """The position, as it is kept."""
        return Holding(
            side=self.position.side,
            entry=self.position.entry,
            leverage=self.position.leverage,
            liquidation=self.first.price,
            stop=self.position.stop,
            venue=self.position.venue or "",
            quantity=self.position.quantity,
        )


async def assess(desk: Desk, words: str) -> Assessment:
    """Size up a position in words; raise CommandError for one that cannot be."""
    known = desk.markets.known()
    asked = read(words, Known(known))
    instruments = choose(asked.market, known)
    scene = await desk.scenes.scene(instruments[0].base, desk.clock.now())
    position = position_of(asked, instruments[0].base, _mark(scene))
    brackets = scene.brackets if scene else {}
    quotes, refused = dict[str, LiquidationQuote](), dict[str, str]()
    for venue in (each.venue for each in instruments):
        try:
            quotes[venue] = liquidation_price(
                venue,
                position.side,
                position.entry,
                position.leverage,
                quantity=position.quantity,
                schedule=brackets.get(venue),
                base=position.base,
            )
        except CommandError as mistake:
            refused[venue] = str(mistake)
    if not quotes:
        raise CommandError(next(iter(refused.values())))
    ranked = sorted(quotes, key=lambda each: -position.side.sign * quotes[each].price)
    return Assessment(
        position=position,
        scene=scene,
        quotes={venue: quotes[venue] for venue in ranked},
        refused=refused,
        told=tuple(venue for venue in ranked if venue in brackets),
    )


def _mark(scene: Scene | None) -> float | None:
    return scene.history.snapshot.mark if scene and scene.history.snapshot.mark > 0 else None
