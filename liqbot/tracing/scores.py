"""How the numbers of a scorecard are made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf, isfinite, nan

from liqbot.alerting.outcome import Kind
from liqbot.alerting.score import Axis, Lift, Row, Share
from liqbot.alerting.vocabulary import rule_words
from liqbot.chat.facts import venue_name
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Line
from liqbot.heatmap.model import Model
from liqbot.market.units import moment_of

CAME = {
    Kind.SWEPT: "swept",
    Kind.CONTINUED: "went on",
    Kind.REJECTED: "turned",
    Kind.REACHED: "undecided",
    Kind.FRONT_RUN: "turned before",
    Kind.IGNORED: "stayed away",
}
BESIDE = {
    "before": "the model before",
    "price_only": "prices alone",
    "usual_recipe": "usual recipe",
}

_MEANT: tuple[Line, ...] = (
    ("Skill = mean of rank, log and root correlation and R² of hourly dollars, both sides",),
    ("Place = mean rank by weight of an order's price among those passed in its hour",),
)


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
        yield from _MEANT
    told = sorted((row for row in rows if row.n), key=lambda row: -row.n)
    named = [f"{rule_words(row.key[Axis.RULE])} {row.n:,}" for row in told]
    total, unknown = sum(row.n for row in told), sum(row.unknown for row in rows)
    yield (Bold(f"{total:,} cases in {span}"), f" = {' + '.join(named) or 'none'}")
    yield (f"{unknown:,} more not counted: too little of the price was seen to tell",)
    for row in told:
        yield from _rule(row, numbers)
    yield from _dollars(rows, numbers)
    if told:
        yield ("In brackets 95% intervals: Wilson's of shares; of lifts, by spans of time",)


def share_words(share: Share, numbers: Numbers) -> str:
    """Write a share with its interval: 67% (47–82)."""
    low, high = (numbers.decimal(100 * each, 0) for each in share.interval)
    return f"{numbers.share(share.value)} ({low}–{high})"


def lift_words(lift: Lift | None, numbers: Numbers) -> str:
    """Write a lift with its interval, or that too few days tell of it."""
    if lift is None or lift.high == inf:
        return "too little to tell"
    value, low, high = (numbers.decimal(each, 2) for each in (lift.value, lift.low, lift.high))
    return f"{value} ({low}–{high})"


def _rule(row: Row, numbers: Numbers) -> Iterator[Line]:
    """Yield of how many cases a rule's rates are."""
    reached = row.reached
    yield (
        Bold(f"{rule_words(row.key[Axis.RULE])} {share_words(reached, numbers)}"),
        f" = price got to {reached.hits:,} of {reached.n:,}",
    )
    for name, lift in zip(("random", "mirror"), row.reach_lift, strict=True):
        if lift is not None and lift.high < inf:
            usual = f"{numbers.share(lift.usual)} of {name} levels"
            known = f"{lift.n:,} cases on {lift.spans:,} spans of time"
            yield (Bold(f"  × {name} {lift_words(lift, numbers)}"), f" = ÷ {usual}, {known}")
    kinds = ((CAME[kind], share) for kind, share in row.kinds.items() if share.hits)
    came = (f"{name} {share.hits:,} {numbers.share(share.value)}" for name, share in kinds)
    yield (f"  {', '.join(came)}",)


def _skill(base: str, model: Model, numbers: Numbers) -> Line:
    skill, hours = (model.scores.get(name, nan) for name in ("skill", "hours"))
    shown = numbers.decimal(skill, 2) if isfinite(skill) else "not scored"
    seen = f" on {numbers.decimal(hours, 0)} h after those it was fitted to" if hours > 0 else ""
    since, until = model.fitted_from_ms, model.fitted_to_ms
    days = ""
    if since is not None and until is not None:
        days = f", {numbers.day(moment_of(since))} to {numbers.day(moment_of(until))}"
    on = f" on {'+'.join(map(venue_name, model.venues))}" if model.venues else ""
    beside = ", ".join(
        f"{words} {numbers.decimal(model.scores[name], 2)}"
        for name, words in BESIDE.items()
        if name in model.scores
    )
    others = f"; on the same hours {beside}" if beside else ""
    return (Bold(f"{base} {shown}"), f"{seen}{others}; model {model.version}{days}{on}")


def _dollars(rows: Iterable[Row], numbers: Numbers) -> Iterator[Line]:
    told = [row for row in rows if row.fired_n]
    if told:
        fired, expected = (
            numbers.usd(sum(getattr(row, name) for row in told))
            for name in ("fired_usd", "expected_usd")
        )
        count = sum(row.fired_n for row in told)
        yield (Bold(f"{fired} of {expected}"), f": {count} swept levels whose orders were heard")
