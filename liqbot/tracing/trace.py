"""How the numbers of one answer came about, and how that is told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from liqbot.alerting.figures import figure
from liqbot.chat.facts import age, change, venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Line, RichText
from liqbot.heatmap.history import History
from liqbot.market.units import Side, moment_of
from liqbot.tracing.parts import Split
from liqbot.tracing.sources import Source

UNSEEN: Line = (
    Bold("Seen by nobody"),
    " cross and added margin, hedges, OTC, collateral, partial closes",
)

_NAMED = 8  # parts, as many as there are venues; what is left of more is summed
_LEAST = 0.005  # of a sum, below which a part is 0 % of it
_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """How an answer's numbers are made, as of a moment."""

    title: str  # "BTC what if price goes to 62,000"
    at: datetime  # aware, UTC
    made: Sequence[Line]  # a number each, the first ones first
    told: Sequence[Line] = ()  # what they rest on
    simulated: bool = False

    @property
    def lines(self) -> RichText:
        """What it is of, each number, and what they rest on."""
        simulated = "SIMULATED · " if self.simulated else ""
        at = self.at.astimezone(UTC)
        head = (Bold(self.title), f" · {simulated}as of {at:%Y-%m-%d %H:%M:%S} UTC")
        told: RichText = ((Bold("Told by venues"),), *self.told) if self.told else ()
        return (head, *self.made, *told)


def named_words(parts: Mapping[str, float], numbers: Numbers, most: int = _NAMED) -> str:
    """Write a sum's parts and their shares, the largest first: Binance $61.0M 67%.

    Of too many, and of those that are no percent of it, the sum is told.
    """
    ranked = sorted((name for name in parts if parts[name] > 0), key=lambda name: -parts[name])
    total = sum(parts[name] for name in ranked)
    whole = sum(parts[name] >= _LEAST * total for name in ranked)
    count = min(whole, most - (whole > most))
    told = {name: parts[name] for name in ranked[: count + (len(ranked) == count + 1)]}
    if rest := ranked[len(told) :]:
        told[f"{len(rest)} others"] = sum(parts[name] for name in rest)
    said = (f"{name} {numbers.usd(usd)} {numbers.share(usd / total)}" for name, usd in told.items())
    return ", ".join(said) or "nothing"


def venue_words(venues: Mapping[str, float], numbers: Numbers) -> str:
    """Write what each venue holds."""
    return named_words({venue_name(name): usd for name, usd in venues.items()}, numbers)


def tier_words(tiers: Mapping[float, float], numbers: Numbers) -> str:
    """Write what each leverage holds, all of them."""
    return named_words({f"{tier:g}x": usd for tier, usd in tiers.items()}, numbers, len(tiers))


def expected_words(split: Split, numbers: Numbers) -> str:
    """Write how what is expected follows from what is modelled."""
    return f"{numbers.usd(split.usd)} modelled × {factor_words(split.ratio, numbers)} realised"


def factor_words(factor: float, numbers: Numbers) -> str:
    """Write a factor to three digits, without zeros at its end: 0.75, 0.402."""
    shown = float(f"{factor:.{_DIGITS}g}")
    decimals = next((n for n in range(7) if round(shown, n) == shown), 6)
    return numbers.decimal(shown, decimals)


def moved_line(history: History, numbers: Numbers) -> Iterator[Line]:
    """Yield how the price's change of a day is made; nothing where it is unknown."""
    moved, mark = change(history), history.snapshot.mark
    if moved is not None:
        prices = f"{numbers.price(mark)} ÷ {numbers.price(mark / (1 + moved))} a day before"
        yield (Bold(f"{numbers.percent(moved)} in 24 h"), f" = {prices} − 1")


def model_line(history: History, numbers: Numbers) -> Line:
    """Say which model it is, and what it was fitted on."""
    model = history.model
    realised = " and ".join(
        f"{factor_words(model.realisation[side.index], numbers)} of {side.value}s" for side in Side
    )
    since, until = model.fitted_from_ms, model.fitted_to_ms
    fitted = "built in, not fitted to this market"
    if since is not None and until is not None:
        days = f"{numbers.day(moment_of(since))} to {numbers.day(moment_of(until))}"
        fitted = f"fitted {days} on {'+'.join(map(venue_name, model.venues)) or 'all venues'}"
    return (Bold("Model"), f" {model.version}, {fitted}; realised ÷ modelled {realised}")


def told_lines(sources: Iterable[Source], numbers: Numbers) -> Iterator[Line]:
    """Yield what was told, a line for each kind of thing, with venue, value and age."""
    for what, group in groupby(sources, key=lambda each: each.what):
        told = list(group)
        note = _common([each.note for each in told]) if len(told) > 1 else ""
        old = _common([_old(each) for each in told])
        said = [_source(each, numbers, noted=not note, dated=not old) for each in told]
        yield (Bold(what), " ", ", ".join(filter(None, ["; ".join(said), note, old])))


def blind_line(venues: Mapping[str, str]) -> Iterator[Line]:
    """Say which venues cannot be seen now, and why; nothing where all can."""
    if venues:
        said = "; ".join(f"{venue_name(venue)}: {why}" for venue, why in venues.items())
        yield (Bold("Blind"), f" {said}")


def _source(source: Source, numbers: Numbers, *, noted: bool, dated: bool) -> str:
    fact = source.fact
    unknown = "unknown" if fact is None and not source.note else ""
    shown = figure(fact.value, fact.unit, numbers) if fact else unknown
    where = venue_name(source.venue) if source.venue else ""
    note, old = source.note if noted else "", _old(source) if dated else ""
    return " ".join(filter(None, (where, shown, note, old)))


def _old(source: Source) -> str:
    return "" if source.age_s is None else f"{age(source.age_s)} old"


def _common(words: Sequence[str]) -> str:
    """Return what all say alike; nothing where they differ."""
    return words[0] if len(set(words)) == 1 else ""
