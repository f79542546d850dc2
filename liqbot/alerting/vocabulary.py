"""With which words a rule and its line are asked for, and which lines a rule lets one draw.

A rule that is not listed here goes by its name, and by the first of its settings that begins with
min_ or max_.
"""

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

_BOUNDS = {Gt: ("above", "gt"), Ge: ("at least", "ge"), Lt: ("below", "lt"), Le: ("at most", "le")}
_FITS: Mapping[type, Callable[[float, float], bool]] = {Gt: gt, Ge: ge, Lt: lt, Le: le}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How one rule is asked for."""

    words: tuple[str, ...]  # the first is how it is written back
    setting: str = ""  # the line that a number draws
    unit: Unit = Unit.RATIO
    falls: bool = False  # smaller is more
    cases: Mapping[str, str] = field(default_factory=dict)  # word → case; the first that fits


_FUNDING = MappingProxyType({"high": "high", "low": "low"})
_SHIFT = MappingProxyType({"rise": "rise", "up": "rise", "fall": "fall", "down": "fall"})

TERMS: Mapping[str, Term] = MappingProxyType(
    {
        "asymmetric_cluster": Term(words=("asymmetry", "imbalance"), setting="min_ratio"),
        "cluster_approach": Term(
            words=("near", "approach", "distance", "within"),
            setting="tiers",
            unit=Unit.FRACTION,
            falls=True,
        ),
        "cluster_growth": Term(
            words=("growth", "grows", "growing"), setting="min_growth", unit=Unit.FRACTION
        ),
        "cluster_migration": Term(
            words=("migration", "moves", "migrates"), setting="min_move", unit=Unit.FRACTION
        ),
        "cluster_fade": Term(words=("fade", "fades"), setting="min_fade", unit=Unit.FRACTION),
        "cascade_start": Term(words=("cascade", "cascades"), setting="min_pace"),
        "cascade_end": Term(words=("cascade end", "cascade over"), setting="min_pace"),
        "thin_book": Term(
            words=("thin book", "book"), setting="max_resting", unit=Unit.FRACTION, falls=True
        ),
        "open_interest_shift": Term(
            words=("OI", "open interest"),
            setting="min_change",
            unit=Unit.FRACTION,
            cases=_SHIFT,
        ),
        "funding_extreme": Term(
            words=("funding",), setting="percentile", unit=Unit.FRACTION, cases=_FUNDING
        ),
        "correlated_risk": Term(
            words=("correlated risk", "correlated"),
            setting="reach",
            unit=Unit.FRACTION,
            falls=True,
        ),
        "large_position": Term(
            words=("large position", "build-up"), setting="min_sigma", unit=Unit.SIGMA
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


def checked(rule: Rule[Any], value: float, shown: str) -> float:
    """Return a line that somebody draws; raise OutOfRange, with what is allowed, for another."""
    term = term_of(rule)
    hint = get_type_hints(rule.settings, include_extras=True)[term.setting]
    limits = _limits(hint)
    if all(_FITS[kind](value, bound) for kind, bound in limits):
        return value
    allowed = " and ".join(
        f"{_BOUNDS[kind][0]} {write_value(bound, term.unit)}" for kind, bound in limits
    )
    raise OutOfRange(f"For {term.words[0]} a line is {allowed}; {shown} is not.")


def write_value(value: float, unit: Unit) -> str:
    """Write a line to the last digit: 1.5%, 3:1, 3σ."""
    if unit is Unit.FRACTION:
        return f"{digits_of(Decimal(repr(value)) * 100)}%"
    return digits_of(Decimal(repr(value))) + {Unit.RATIO: ":1", Unit.SIGMA: "σ"}.get(unit, "")


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
