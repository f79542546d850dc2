"""Positions that a venue shows, on a line."""

from collections.abc import Sequence

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.venue import Held
from liqbot.market.position import Position


class CcxtPositions:
    """A venue as it tells of the positions of some addresses, which nobody else gets to know."""

    def __init__(self, line: Line, held: Held, addresses: Sequence[str]) -> None:
        self._line, self._held, self._addresses = line, held, tuple(addresses)

    @property
    def holders(self) -> int:
        """How many are listed."""
        return len(self._addresses)

    async def positions(self, holder: int) -> tuple[Position, ...]:
        """Return all that a holder has open, as told; raise SourceError."""
        return tuple(await self._line.ask(self._held(self._line, self._addresses[holder])))
