"""With which words a rule and its line are asked for, and which lines a rule lets one draw.

A rule that is not listed here goes by its name, and by the first of its settings that begins with
min_ or max_.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from decimal import Decimal
from operator import ge, gt, le, lt
from types import MappingProxyType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from annotated_types import Ge, GroupedMetadata, Gt, Le, Lt

from liqbot.errors import OutOfRange
from liqbot.rules.rule import Rule, Unit

_OF_PRICE = re.compile(r", as (a )?fractions? of (the|its|that) price\b.*")  # a line says 2%
_BOUNDS = {Gt: ("above", "gt"), Ge: ("at least", "ge"), Lt: ("below", "lt"), Le: ("at most", "le")}
SCALE = {"": 0, "k": 3, "m": 6, "b": 9, "t": 12}  # powers of ten
_FITS: Mapping[type, Callable[[float, float], bool]] = {Gt: gt, Ge: ge, Lt: lt, Le: le}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How one rule is asked for."""

    words: tuple[str, ...]  # the first is how it is written back
    setting: str = ""  # the line that a number draws
    unit: Unit = Unit.RATIO
    falls: bool = False  # smaller is more
    cases: Mapping[str, str] = field(default_factory=dict)  # word → case, "" = any; the first fits
    signs: tuple[str, str] | None = None  # the cases of a number above and of one below zero
    unsigned: str = ""  # the case of a number without a sign; "" = any
    per: str = ""  # to what time a number belongs
    amount: str = "expected"  # what dollars count; "" = nothing does
    minute: str = ""  # the line that dollars a minute draw


_FUNDING = MappingProxyType(
    dict.fromkeys(("high", "positive"), "high")
    | dict.fromkeys(("low", "negative"), "low")
    | {"extreme": ""}
)
_SHIFT = MappingProxyType(
    dict.fromkeys(("rise", "rises", "rising", "up", "increases", "jumps"), "rise")
    | dict.fromkeys(("fall", "falls", "falling", "down", "decreases", "drops"), "fall")
)
_CASCADE = ("cascade", "cascades", "liquidation cascade", "liquidations")
_CASCADE_END = (
    *("cascade end", "cascade ends", "cascade over", "cascade is over", "cascade ended"),
    *("end of cascade", "end of a cascade", "end of the cascade"),
)

TERMS: Mapping[str, Term] = MappingProxyType(
    {
        "asymmetric_cluster": Term(
            words=("asymmetry", "imbalance", "outweigh shorts", "outweigh longs"),
            setting="min_ratio",
            amount="expected on the heavier side",
        ),
        "cluster_approach": Term(
            words=(
                *("near", "approach", "approaches", "close", "closer", "distance"),
                *("within", "cluster", "clusters"),
            ),
            setting="tiers",
            unit=Unit.FRACTION,
            falls=True,
        ),
        "cluster_growth": Term(
            words=("growth", "grows", "growing", "grown"),
            setting="min_growth",
            unit=Unit.FRACTION,
        ),
        "cluster_migration": Term(
            words=("migration", "moves", "migrates", "moved", "migrated"),
            setting="min_move",
            unit=Unit.FRACTION,
        ),
        "cluster_fade": Term(
            words=("fade", "fades", "faded", "dissolves", "dissolved"),
            setting="min_fade",
            unit=Unit.FRACTION,
        ),
        "cascade_start": Term(
            words=_CASCADE, setting="min_pace", amount="realised", minute="min_minute"
        ),
        "cascade_end": Term(
            words=_CASCADE_END, setting="min_pace", amount="realised", minute="min_minute"
        ),
        "thin_book": Term(
            words=("thin book", "book"), setting="max_resting", unit=Unit.FRACTION, falls=True
        ),
        "open_interest_shift": Term(
            words=("OI", "open interest", "OI change", "open interest change"),
            setting="min_change",
            unit=Unit.FRACTION,
            cases=_SHIFT,
            signs=("rise", "fall"),
            amount="",
        ),
        "funding_extreme": Term(
            words=("funding", "funding rate", "funding extreme", "extreme funding"),
            setting="min_rate",
            unit=Unit.FRACTION,
            cases=_FUNDING,
            signs=("above", "below"),
            unsigned="above",
            per="per funding interval",
            amount="",
        ),
        "correlated_risk": Term(
            words=("correlated risk", "correlated"),
            setting="reach",
            unit=Unit.FRACTION,
            falls=True,
            amount="",
        ),
        "large_position": Term(
            words=("large position", "build-up", "build up", "big position", "whale"),
            setting="min_sigma",
            unit=Unit.SIGMA,
        ),
        "own_position": Term(
            words=("own position", "my position", "own stop", "own liquidation price"),
            setting="tiers",
            unit=Unit.FRACTION,
            falls=True,
        ),
    }
)


def term_of(rule: Rule[Any]) -> Term:
    """Return how a rule is asked for."""
    known = TERMS.get(rule.name)
    if known is not None:
        return known
    names = [each.name for each in fields(rule.settings)]
    line = next((name for name in names if name.startswith(("min_", "max_"))), "")
    words = (rule.name.replace("_", " "),)
    return Term(words=words, setting=line, falls=line.startswith("max_"))


def rule_words(name: str) -> str:
    """Write the name of a rule as people read it: cluster approach."""
    return name.replace("_", " ")


def meaning_of(rule: Rule[Any]) -> str:
    """Say what the number is that a line is drawn for; "" where its setting does not say."""
    hint = get_type_hints(rule.settings, include_extras=True).get(term_of(rule).setting)
    said = (each for each in getattr(hint, "__metadata__", ()) if isinstance(each, str))
    return _OF_PRICE.sub(".", next(said, ""))


def checked(rule: Rule[Any], value: float, shown: str) -> float:
    """Return a line that somebody draws; raise OutOfRange, with what is allowed, for another."""
    term = term_of(rule)
    return _within_bounds(rule, term.setting, value, shown, term.unit)


def checked_minute(rule: Rule[Any], usd: float) -> float:
    """Return the line of dollars a minute; raise OutOfRange for what is none."""
    term = term_of(rule)
    if not term.minute:
        raise OutOfRange(f"{term.words[0]} counts no dollars a minute; leave them out.")
    return _within_bounds(rule, term.minute, usd, write_usd(usd), Unit.USD)


def write_value(value: float, unit: Unit) -> str:
    """Write a line to the last digit: 1.5%, 3:1, 3σ, $5M."""
    if unit is Unit.FRACTION:
        return f"{digits_of(Decimal(repr(value)) * 100)}%"
    if unit is Unit.USD:
        return write_usd(value)
    return digits_of(Decimal(repr(value))) + {Unit.RATIO: ":1", Unit.SIGMA: "σ"}.get(unit, "")


def write_usd(usd: float) -> str:
    """Write an amount to the last digit: $40M."""
    exact = Decimal(repr(usd))
    name = next((n for n in "tbmk" if exact >= Decimal(10) ** SCALE[n]), "")
    return f"${digits_of(exact.scaleb(-SCALE[name]))}{name.upper()}"


def digits_of(number: Decimal) -> str:
    """Write a number to the last digit, without zeros at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def drawn(settings: object, setting: str) -> float | tuple[float, ...] | None:
    """Return where the operator's settings draw a line; None where it is no number."""
    value = getattr(settings, setting, None)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple):
        return tuple(float(each) for each in value)
    return float(value) if isinstance(value, int | float) else None


def _within_bounds(rule: Rule[Any], setting: str, value: float, shown: str, unit: Unit) -> float:
    limits = _limits(get_type_hints(rule.settings, include_extras=True)[setting])
    if all(_FITS[kind](value, bound) for kind, bound in limits):
        return value
    allowed = " and ".join(f"{_BOUNDS[kind][0]} {write_value(b, unit)}" for kind, b in limits)
    raise OutOfRange(f"For {term_of(rule).words[0]} a line is {allowed}; {shown} is not.")


def _limits(hint: object) -> list[tuple[type, float]]:
    """Return the bounds of a number, or of each number in a tuple."""
    found: list[tuple[type, float]] = []
    if get_origin(hint) is Annotated:
        kind, *metadata = get_args(hint)
        flat = [m for each in metadata for m in _apart(each)]
        found += [
            (type(each), float(getattr(each, _BOUNDS[type(each)][1])))
            for each in flat
            if type(each) in _BOUNDS
        ]
        hint = kind
    if get_origin(hint) is tuple:
        return _limits(get_args(hint)[0])
    return found


def _apart(metadata: object) -> list[object]:
    if not isinstance(metadata, GroupedMetadata):
        return [metadata]
    return [each for each in metadata if type(each) in _BOUNDS]
