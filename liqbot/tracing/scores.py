"""How the numbers of a scorecard are made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite, nan

from liqbot.alerting.score import Axis, Row
from liqbot.alerting.vocabulary import rule_words
from liqbot.chat.facts import venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Line
from liqbot.heatmap.model import Model
from liqbot.market.units import moment_of

_RULES = 6  # that are named


def score_lines(
    models: Mapping[str, Model | None], rows: Sequence[Row], span: str, numbers: Numbers
) -> Iterator[Line]:
    """Yield how the newest fits, by market, and the outcomes of alerts in a span were counted."""
    fitted = {base: model for base, model in models.items() if model is not None}
    for base, model in fitted.items():
        yield _skill(base, model, numbers)
    if bare := [base for base in models if base not in fitted]:
        yield (f"{', '.join(bare)}: not scored, as no fit has beaten the built-in model yet",)
    if fitted:
        yield (
            "Skill = mean of rank, log and root correlation and R² of hourly dollars, both sides",
        )
    counts = {row.key[Axis.RULE]: row.n for row in rows if row.n}
    ranked = sorted(counts, key=lambda name: -counts[name])
    named = [f"{rule_words(name)} {counts[name]}" for name in ranked[:_RULES]]
    if rest := sum(counts[name] for name in ranked[_RULES:]):
        named.append(f"others {rest}")
    total, unknown = sum(counts.values()), sum(row.unknown for row in rows)
    yield (Bold(f"{total} cases in {span}"), f" = {' + '.join(named) or 'none'}")
    yield (f"{unknown} more not counted: too little of the price was seen to tell",)
    yield from _dollars(rows, numbers)
    yield ("× random, × mirror: share reached ÷ that of levels as far away, at random or opposite",)


def _skill(base: str, model: Model, numbers: Numbers) -> Line:
    skill, hours = (model.scores.get(name, nan) for name in ("skill", "hours"))
    shown = numbers.decimal(skill, 2) if isfinite(skill) else "not scored"
    seen = f" on {numbers.decimal(hours, 0)} h after those it was fitted to" if hours > 0 else ""
    since, until = model.fitted_from_ms, model.fitted_to_ms
    days = ""
    if since is not None and until is not None:
        days = f", {numbers.day(moment_of(since))} to {numbers.day(moment_of(until))}"
    on = f" on {'+'.join(map(venue_name, model.venues))}" if model.venues else ""
    return (Bold(f"{base} {shown}"), f"{seen}; model {model.version}{days}{on}")


def _dollars(rows: Iterable[Row], numbers: Numbers) -> Iterator[Line]:
    told = [row for row in rows if row.fired_n]
    if told:
        fired, expected = (
            numbers.usd(sum(getattr(row, name) for row in told))
            for name in ("fired_usd", "expected_usd")
        )
        count = sum(row.fired_n for row in told)
        yield (Bold(f"{fired} of {expected}"), f": {count} swept levels whose orders were heard")
