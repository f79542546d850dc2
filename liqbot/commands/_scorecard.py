"""What /accuracy draws: scores of maps, and rates of rules over several spans of time."""

from collections.abc import Iterator, Mapping, Sequence

from liqbot.alerting.score import Axis, Row
from liqbot.charts._accuracy import BASELINES, Rate, Record, Scorecard, Skill
from liqbot.heatmap.model import Model


def scorecard(
    title: str, day: str, models: Mapping[str, Model], scored: Mapping[str, Sequence[Row]]
) -> Scorecard | None:
    """Return what can be drawn of models by market and of rows by span; None where nothing can.

    Spans are in the order in which they are drawn, the longest last.
    """
    card = Scorecard(
        title=title,
        day=day,
        simulated=any(row.simulated for rows in scored.values() for row in rows),
        skills=tuple(_skills(models)),
        records=tuple(_records(scored)),
    )
    told = any(rate.is_telling for record in card.records for rate in record.rates)
    return card if card.skills or told else None


def _skills(models: Mapping[str, Model]) -> Iterator[Skill]:
    for base, model in models.items():
        scores = model.scores
        if "skill" in scores:
            beside = tuple((name, scores[name]) for name in BASELINES if name in scores)
            yield Skill(base, scores["skill"], beside)


def _records(scored: Mapping[str, Sequence[Row]]) -> Iterator[Record]:
    longest = [*scored.values()][-1]
    for row in sorted(longest, key=lambda row: -row.n):
        rule = row.key[Axis.RULE]
        mine = {
            span: next((each for each in rows if each.key[Axis.RULE] == rule), None)
            for span, rows in scored.items()
        }
        yield Record(rule, tuple(_rate(span, each) for span, each in mine.items()))


def _rate(span: str, row: Row | None) -> Rate:
    if row is None or not row.n:
        return Rate(span=span, n=0, share=0.0, low=0.0, high=1.0, usual=None)
    low, high = row.reached.interval
    lift = row.reach_lift.moments
    return Rate(
        span=span,
        n=row.n,
        share=row.reached.value,
        low=low,
        high=high,
        usual=None if lift is None else lift.usual,
    )
