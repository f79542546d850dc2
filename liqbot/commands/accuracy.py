"""/accuracy — how true the map was, and what came of the alerts."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

from liqbot.alerting.score import Axis, Row
from liqbot.alerting.vocabulary import rule_words
from liqbot.calibration.distances import distance_score
from liqbot.calibration.refit import LEAST_SPANS
from liqbot.charts._accuracy import LEAST, Scorecard, draw_accuracy
from liqbot.charts.chart import View
from liqbot.chat.arguments import MARKET, one_of
from liqbot.chat.measured import apart
from liqbot.chat.message import Attachment, Button, Message
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import Bold, Dim, Line, length, shorten
from liqbot.chat.spans import span_of
from liqbot.commands._picture import CAPTION, usual
from liqbot.commands._pressing import where_from
from liqbot.commands._scorecard import scorecard
from liqbot.commands.command import Caller, Command
from liqbot.desk import Desk
from liqbot.errors import Busy, CommandError
from liqbot.heatmap.model import Model
from liqbot.market.instrument import MarketQuery
from liqbot.market.units import Side, moment_of
from liqbot.tracing.scores import BESIDE, CAME, lift_words, score_lines, share_words
from liqbot.tracing.trace import Trace

_SPANS = {"7d": timedelta(days=7), "30d": timedelta(days=30), "90d": timedelta(days=90)}
_TEXT = 2000  # characters of the answer
_FITS = 4  # models that are told of a market
_CLOSING: tuple[Line, ...] = (
    (Dim("× random: as often as levels as far away at random moments; × mirror: on the other"),),
    (Dim("side of the price. 1 = no skill. In brackets 95% intervals. Not a forecast."),),
)

Fits = Sequence[tuple[datetime, Model]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Which market, or None for all; and over how much of the past alerts are told."""

    market: Annotated[MarketQuery | None, MARKET] = None
    range: Annotated[timedelta, span_of(_SPANS)] = _SPANS["30d"]
    form: Annotated[str, one_of("form", ("chart", "text"), "text: all of it, in words")] = "chart"

    @property
    def named(self) -> str:
        """How the range is called."""
        return next(name for name, span in _SPANS.items() if span == self.range)


async def _run(desk: Desk, caller: Caller, asked: Arguments) -> Message:
    now = desk.clock.now()
    base, bases = _bases(desk, asked)
    fits = {each: await desk.models.kept_models(each, _FITS) for each in bases}
    # The longest first: the others are parts of it.
    scored = {name: await desk.scores.rows(bases, span) for name, span in reversed(_SPANS.items())}
    view = await usual(desk, caller)
    numbers = Numbers(view.locale, view.zone)
    title, day = f"{base or 'All markets'}: how true it was", f"{now.astimezone(UTC):%Y-%m-%d}"
    lines = [
        (Bold(title), f" · {day}"),
        *_map(fits, numbers),
        *await _measured(desk, base, numbers),
        (),
        *_alerts(scored[asked.named], asked.named, numbers),
        *_unproven(desk, bases, numbers),
    ]
    models = {each: told[0][1] for each, told in fits.items() if told}
    card = scorecard(title, day, models, {name: scored[name] for name in _SPANS})
    picture = None if card is None or asked.form == "text" else await _drawn(desk, card, view)
    limit = _TEXT if picture is None else CAPTION
    return Message(
        text=(*shorten(tuple(lines), limit - length(_CLOSING) - 1), *_CLOSING),
        picture=picture,
        buttons=_buttons(base, asked, card),
        in_place=True,
    )


async def _trace(desk: Desk, caller: Caller, asked: Arguments) -> Trace:
    view = await usual(desk, caller)
    numbers = Numbers(view.locale, view.zone)
    base, bases = _bases(desk, asked)
    fits = {each: await desk.models.kept_models(each, _FITS) for each in bases}
    models = {each: told[0][1] if told else None for each, told in fits.items()}
    earlier = _fitted(fits[base], numbers) if fits.get(base) else ()
    rows = await desk.scores.rows(bases, asked.range)
    return Trace(
        title=f"{base or 'All markets'}: how true it was",
        at=desk.clock.now(),
        made=(*score_lines(models, rows, asked.named, numbers), *earlier),
        simulated=any(row.simulated for row in rows),
    )


def _bases(desk: Desk, asked: Arguments) -> tuple[str, list[str]]:
    """Return the market asked for, "" for none, and those that are told of."""
    known = dict.fromkeys(each.base for each in desk.markets.known())
    base = next((each for each in known if asked.market and each.upper() == asked.market.base), "")
    return base, [base] if base else [*known]


async def _drawn(desk: Desk, card: Scorecard, view: View) -> Attachment | None:
    """Return the picture; None while too many are drawn: the text says the same."""
    try:
        picture = await desk.studio.make((card, view), partial(draw_accuracy, card, view))
    except Busy:
        return None
    name = f"{card.title.partition(':')[0].lower().replace(' ', '-')}-accuracy-{card.day}.png"
    return Attachment(name=name, content=picture.png, alt=picture.alt)


def _map(fits: Mapping[str, Fits], numbers: Numbers) -> Iterator[Line]:
    """Yield how the maps did on hours that their fits had not seen."""
    yield (Bold("The map"), " on hours no fit had seen; 1 is perfect, 0 is no skill")
    fitted = {base: told for base, told in fits.items() if told}
    for base, told in fitted.items():
        at, model = told[0]
        yield (f"{base} {_flow(model.scores, numbers)} · fitted {numbers.day(at)}",)
    if len(fits) == 1:
        for told in fitted.values():
            yield from _fitted(told, numbers)
    if bare := [base for base in fits if base not in fitted]:
        least = f"a fit takes {LEAST_SPANS} hours of forced orders and has to beat it"
        yield (f"{', '.join(bare)}: the built-in model, not scored here; {least}.",)


async def _measured(desk: Desk, base: str, numbers: Numbers) -> list[Line]:
    """Return in a line how positions that are known lie beside those modelled, if any are."""
    if not base:
        return []
    try:
        history = await desk.markets.history(MarketQuery(base.upper()), timedelta(days=1))
    except CommandError:
        return []  # it cannot be seen now
    known = history.measured and distance_score(history.measured, history.snapshot)
    return [(Bold("Measured"), f" {apart(known, numbers)}")] if known else []


def _flow(scores: Mapping[str, float], numbers: Numbers) -> str:
    """Say how well hourly dollars were explained, beside what has to be beaten."""
    others = ", ".join(
        f"{words} {numbers.decimal(scores[name], 2)}"
        for name, words in BESIDE.items()
        if name in scores
    )
    hours = f" on {scores['hours']:.0f} h" if "hours" in scores else ""
    skill = numbers.decimal(scores["skill"], 2) if "skill" in scores else "not scored"
    return f"{skill}{hours}" + (f" ({others})" if others else "")


def _fitted(told: Fits, numbers: Numbers) -> Iterator[Line]:
    """Yield where prints fell in the newest map, and which models there were before."""
    scores = told[0][1].scores
    for side in Side:
        named = {
            name.removeprefix(f"place_{side}_"): value
            for name, value in scores.items()
            if name.startswith(f"place_{side}_")
        }
        if named:
            yield (f"Place of {side}s: {_place(named, numbers)}",)
    for at, model in told[1:]:
        to_ms = model.fitted_to_ms
        until = "" if to_ms is None else f", fitted to {numbers.day(moment_of(to_ms))}"
        skill = numbers.decimal(model.scores.get("skill", math.nan), 2)
        yield (Dim(f"Before: from {numbers.day(at)} skill {skill}{until}"),)


def _place(told: Mapping[str, float], numbers: Numbers) -> str:
    """Say whether prints fell where the map was heavy."""
    low, mean, high = (
        numbers.decimal(told[name], 2) for name in ("quantile_low", "quantile", "quantile_high")
    )
    return (
        f"{mean} ({low}–{high}; 0.5 is chance) of {told['n']:,.0f} orders;"
        f" heaviest tenth held {numbers.share(told['precision'])},"
        f" by distance alone {numbers.share(told['distance_only'])}"
    )


def _alerts(scored: Sequence[Row], span: str, numbers: Numbers) -> Iterator[Line]:
    """Yield what came of alerts, rule by rule, those with most cases first."""
    rows = sorted(scored, key=lambda row: -row.n)
    count, unknown = sum(row.n for row in rows), sum(row.unknown for row in rows)
    simulated = "SIMULATED · " if any(row.simulated for row in rows) else ""
    more = f", {unknown} more unseen" if unknown else ""
    yield (Bold("Alerts"), f" {simulated}{span}: {_cases(count)} known{more}")
    if not count:
        yield ("None has run its time yet: levels are watched for 4 h, 72 h or 7 d.",)
    few = [row for row in rows if row.n < LEAST]
    for row in rows:
        if row.n >= LEAST:
            yield from _rule(row, numbers)
    for row in few:
        if row.n:
            yield (Bold(rule_words(row.key[Axis.RULE])), f" {_cases(row.n)}: says nothing yet")
    yield from _dollars(rows, numbers)


def _rule(row: Row, numbers: Numbers) -> Iterator[Line]:
    reached = f" {_cases(row.n)}: price got there {share_words(row.reached, numbers)}"
    yield (Bold(rule_words(row.key[Axis.RULE])), reached)
    over = zip(("random", "mirror"), row.reach_lift, strict=True)
    yield (" · ".join(f"× {name} {lift_words(lift, numbers)}" for name, lift in over),)
    came = [(words, row.kinds[kind]) for kind, words in CAME.items()]
    shares = [f"{words} {numbers.share(each.value)}" for words, each in came if each.hits]
    yield (" · ".join(shares),)


def _dollars(rows: Iterable[Row], numbers: Numbers) -> Iterator[Line]:
    """Yield what was realised where price went through, beside what was expected."""
    told = [row for row in rows if row.fired_n]
    count, expected = sum(row.fired_n for row in told), sum(row.expected_usd for row in told)
    if count:
        fired = numbers.usd(sum(row.fired_usd for row in told))
        yield (f"Realised in {count} swept: {fired} of {numbers.usd(expected)} expected",)


def _unproven(desk: Desk, bases: Sequence[str], numbers: Numbers) -> Iterator[Line]:
    """Yield what is muted, or told with a doubt, and why."""
    terms = desk.alerts.terms
    for (rule, base), doubt in sorted(terms.unproven.items()):
        if base in bases:
            how = "muted" if terms.mute_unproven else "told as unproven"
            lift = numbers.decimal(doubt.lift, 2)
            yield (Bold(f"{rule_words(rule)} on {base}"), f" {how}: × {lift} in {_cases(doubt.n)}")


def _cases(count: int) -> str:
    return f"{count:,} case{'' if count == 1 else 's'}"


def _buttons(base: str, asked: Arguments, card: Scorecard | None) -> tuple[tuple[Button, ...], ...]:
    """Return the other spans, this again, and the other form where there is a picture."""
    span, form = asked.named, "text" if asked.form == "text" else ""
    said = {each: (each, form) for each in _SPANS if each != span} | {"↻ Refresh": (span, form)}
    if card is not None:
        said["Chart" if form else "Text"] = (span, "" if form else "text")
    asks = tuple(
        Button(label, " ".join(filter(None, ("accuracy", base, *words))))
        for label, words in said.items()
    )
    where = where_from("accuracy", base, span)
    return (asks, (where,)) if where else (asks,)


COMMAND = Command(
    name="accuracy",
    summary="Tell how true the map was, and what came of the alerts",
    arguments=Arguments,
    run=_run,
    draws=True,
    trace=_trace,
)
