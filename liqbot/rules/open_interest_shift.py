"""Open interest rises or falls fast."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Gt, Interval

from liqbot.heatmap.confluence import change
from liqbot.rules._finding import MORE, finding
from liqbot.rules.rule import STRUCTURE, Blind, Criterion, Fact, Finding, Rule, Scene, Unit

_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How fast."""

    min_change: Annotated[float, Gt(0), "Rise or fall of all venues' sum, as a fraction."] = 0.03
    within: Annotated[
        timedelta,
        Interval(ge=timedelta(minutes=15), le=timedelta(hours=24)),
        "Over how long.",
    ] = timedelta(hours=1)


def evaluate(scene: Scene, settings: Settings) -> Iterable[Finding] | Blind:
    """Compare open interest with what it was, in base units: price changes none of it."""
    history = scene.history
    span_ms, now_ms = settings.within // _MS, history.snapshot.at_ms
    interest, candles = history.open_interest, history.candles
    shift = change(interest.at_ms, interest.quantity, now_ms, span_ms)
    if shift is None:
        return Blind("open interest is unknown at one end of the time")
    case = "rise" if shift > 0 else "fall"
    by_venue = list(_by_venue(scene, span_ms))
    price = change(candles.closed_ms, candles.close, now_ms, span_ms)
    found = finding(
        scene,
        case,
        f"Open interest {case}s fast",
        [Criterion("min_change", Fact(case, abs(shift), Unit.FRACTION), settings.min_change, MORE)],
        [
            Fact("within", settings.within.total_seconds(), Unit.SECONDS),
            *([] if price is None else [Fact("price meanwhile", price, Unit.FRACTION)]),
            *by_venue,
        ],
    )
    return [found]


def _by_venue(scene: Scene, span_ms: int) -> Iterator[Fact]:
    history = scene.history
    for venue, quantity in zip(history.venues, history.interest, strict=True):
        at_ms = history.open_interest.at_ms
        shift = change(at_ms, quantity, history.snapshot.at_ms, span_ms)
        if shift is not None and len(history.venues) > 1:
            yield Fact(f"on {venue}", shift, Unit.FRACTION)


RULE = Rule(
    name="open_interest_shift",
    summary="Say when open interest rises or falls fast",
    settings=Settings,
    evaluate=evaluate,
    patience=STRUCTURE,
    chart="heatmap",
)
