"""How the numbers of positions that are known are made."""

from collections.abc import Iterator

from liqbot.chat.facts import age
from liqbot.chat.measured import SIGN, answering, counted, heaviest, share_of_interest
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Line
from liqbot.heatmap.history import History
from liqbot.heatmap.measured import bands


def known_lines(history: History, numbers: Numbers) -> Iterator[Line]:
    """Yield what positions that a venue shows are the sum of; nothing where none are known."""
    found = history.measured
    if found is None or not found.positions:
        return
    asked = answering(found.holders, found.listed, found.leading, found.largest)
    yield (
        Bold(f"{SIGN} {counted(len(found.positions))} {numbers.usd(found.usd)}"),
        f" = quantity × liquidation price as the venue tells; {asked}, {age(found.age_s)} old",
    )
    if share := share_of_interest(found.share, numbers):
        yield (Bold(f"{share} of OI"), " = their quantity ÷ all longs and shorts on these venues")
    within = " = of positions liquidated within the same 1% of price"
    yield (Bold(heaviest(bands(found, history.snapshot.mark), numbers)), within)
