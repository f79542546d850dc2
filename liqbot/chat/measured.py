"""Positions that are known, in words; nobody's own figures, and nobody's address."""

from collections.abc import Iterator, Sequence
from math import isnan

from liqbot.calibration.distances import DistanceScore
from liqbot.chat.facts import age
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.history import History
from liqbot.heatmap.measured import Measured, MeasuredBand, bands
from liqbot.market.units import Side

SIGN = "◆"  # how they are marked wherever they are drawn

_ARROW = {Side.LONG: "▼", Side.SHORT: "▲"}
_TOLD = 3  # bands


def share_of_interest(share: float, numbers: Numbers) -> str:
    """Write a share of open interest, never as nothing; "" where it is unknown."""
    if isnan(share):
        return ""
    return numbers.share(share) if share >= 0.005 or not share else "under 1%"


def answering(telling: int, listed: int, leading: int, largest: int) -> str:
    """Say of how many who is told of: 11 of 12 listed addresses and 98 of 100 large accounts."""
    known = [f"{telling} of {listed} listed addresses"] if listed else []
    found = [f"{leading} of {largest} large accounts"] if largest else []
    return " and ".join([*known, *found])


def in_short(found: Measured, seen: int, numbers: Numbers) -> str:
    """Return what a legend says where so many are seen: 9 of 12 positions in view · 3% of OI."""
    if found.is_blind:
        return "not seen now"
    count, share = len(found.positions), share_of_interest(found.share, numbers)
    whole = counted(count)
    told = whole if seen == count else f"{seen} of {whole} in view"
    return " · ".join([told, *([f"{share} of OI"] if share else [])])


def in_lines(history: History, numbers: Numbers) -> Iterator[str]:
    """Yield at most two lines: how much is known and how old it is, and where most of it is."""
    found = history.measured
    if found is None:
        return
    if found.is_blind:
        yield f"{SIGN} Measured: blind, {_nobody(found)} is told of now."
        return
    asked = answering(found.holders, found.listed, found.leading, found.largest)
    if not found.positions:
        yield f"{SIGN} Measured: nothing that price can liquidate, by {asked}."
        return
    share = share_of_interest(found.share, numbers)
    facts = [
        f"{counted(len(found.positions))} worth {numbers.usd(found.usd)}",
        *([f"{share} of OI"] if share else []),
        f"{asked}, {age(found.age_s)} old",
    ]
    yield f"{SIGN} Measured, not in the estimate: {' · '.join(facts)}"
    yield heaviest(bands(found, history.snapshot.mark), numbers)


def in_words(history: History, numbers: Numbers) -> list[str]:
    """Describe them in a sentence for those who cannot see them; nothing where nobody is asked."""
    found = history.measured
    if found is None:
        return []
    if found.is_blind:
        return ["Measured positions: not seen now."]
    share = share_of_interest(found.share, numbers).replace("%", " percent")
    held = f", {share} of open interest" if share else ""
    count = counted(len(found.positions))
    return [f"Measured apart from the estimate: {count}, {numbers.usd_in_words(found.usd)}{held}."]


def apart(known: DistanceScore, numbers: Numbers) -> str:
    """Say whether they lie where the model says, and how little that may mean."""
    count = f"{counted(known.n)} (as telling as {numbers.decimal(known.alike, 0)} alike)"
    here, there = (f"{numbers.decimal(100 * x, 1)}%" for x in (known.measured, known.modelled))
    ks, chance = (numbers.decimal(each, 2) for each in (known.ks, min(known.chance, 1.0)))
    verdict = "further apart than chance" if known.is_apart else "no further apart than chance"
    return (
        f"{count}: {here} from the price in the middle, modelled {there}; KS {ks}, {verdict}"
        f" ({chance}). Who is asked is no sample of the market."
    )


def heaviest(found: Sequence[MeasuredBand], numbers: Numbers) -> str:
    """Name the heaviest bands, the highest price first, and how many there are besides."""
    shown = sorted(found, key=lambda each: -each.usd)[:_TOLD]
    shown.sort(key=lambda each: -each.low)
    told = [
        f"{_ARROW[each.side]} {numbers.level(each.low)}–{numbers.level(each.high)}"
        f" {numbers.percent(each.distance)} {numbers.usd(each.usd)} of {each.count}"
        for each in shown
    ]
    more = len(found) - len(shown)
    return " · ".join([*told, *([f"{more} more"] if more else [])])


def _nobody(found: Measured) -> str:
    counts = {"listed addresses": found.listed, "large accounts": found.largest}
    asked = " and ".join(f"{count} {name}" for name, count in counts.items() if count)
    return f"none of {asked}" if asked else "nobody"


def counted(count: int) -> str:
    """Count positions in words."""
    return f"{count} position{'' if count == 1 else 's'}"
