"""Positions that a venue shows, on a line."""

from collections.abc import Sequence
from itertools import count

from liqbot.exchanges._ccxt.line import Line
from liqbot.exchanges._ccxt.venue import Shown
from liqbot.exchanges._download import pour
from liqbot.exchanges._ranking import Largest, Rows
from liqbot.market.position import Position
from liqbot.market.source import Leaders


class CcxtPositions:
    """A venue as it tells of the positions of some addresses, which nobody else gets to know."""

    def __init__(self, line: Line, shown: Shown, addresses: Sequence[str], sought: int) -> None:
        self._line, self._shown = line, shown
        self._addresses, self._sought = tuple(addresses), sought
        self._found: dict[int, str] = {}
        self._numbers = count(len(addresses))

    @property
    def listed(self) -> int:
        """How many the operator listed."""
        return len(self._addresses)

    @property
    def sought(self) -> int:
        """How many of the venue's largest accounts are to be asked about besides."""
        return self._sought

    async def positions(self, holder: int) -> tuple[Position, ...]:
        """Return all that a holder has open, as told; raise SourceError."""
        is_listed = holder < len(self._addresses)
        address = self._addresses[holder] if is_listed else self._found[holder]
        return tuple(await self._line.ask(self._shown.held(self._line, address)))

    async def leaders(self) -> Leaders:
        """Find out who the largest accounts are now; raise SourceError.

        That is told by another host than all else, at no weight: how it fails is not counted.
        """
        line, board = self._line, self._shown.leaderboard
        who = f"{line.venue.name}'s leaderboard"
        rows = Rows(who, board.key)
        largest = Largest(self._sought, frozenset(self._addresses), board.account)

        def take(piece: bytes) -> bool:
            for row in rows.of(piece):
                largest.take(row)
            return not rows.is_whole

        await pour(line.session, line.place(board.url), take, who=who, timeout_s=line.timeout_s)
        rows.end()
        numbers = {address: number for number, address in self._found.items()}
        self._found = {
            numbers[each] if each in numbers else next(self._numbers): each
            for each in largest.found(who)
        }
        return Leaders(tuple(self._found), largest.doubted)
