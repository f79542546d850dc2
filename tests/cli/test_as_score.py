"""What a replay told, and what came of it, as tables."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console, RenderableType

from liqbot.alerting.outcome import Kind
from liqbot.cli.as_score import outcomes, told
from liqbot.cli.replaying import Done, Order
from liqbot.live.recorded import Recorded
from liqbot.market.units import DAY_MS
from tests.alerting.levels import an_outcome
from tests.builders import START_MS
from tests.walks import QUICK

DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


def shown(part: RenderableType) -> list[str]:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(part)
    return captured.get().splitlines()


def a_replay(*messages: datetime, alerts: dict[tuple[str, str], int]) -> Done:
    order = Order(
        markets=tuple(Recorded(base=each, observations=()) for each in ("BTC", "ETH")),
        from_ms=START_MS,
        to_ms=START_MS + 4 * DAY_MS,
        model=QUICK,
        folder=Path(),
    )
    return Done(order=order, messages=messages, alerts=Counter(alerts), outcomes=(), took_s=86.4)


def test_alerts_are_told_by_rule_and_market_and_messages_by_day() -> None:
    days = (0, 0, 0, 1, 2)
    messages = [DAY + timedelta(days=day) for day in days]
    done = a_replay(*messages, alerts={("thin_book", "BTC"): 4, ("thin_book", "ETH"): 2})
    table = shown(told(done))
    assert table[1].split() == ["thin_book", "1.00", "0.50", "1.50"]
    said = " ".join(table[2:])
    assert "5 messages in 4 days: 1 on the median day, 3 on the fullest." in said
    assert "4,000 × real time" in said


def test_outcomes_are_shares_with_their_intervals_and_lift() -> None:
    some = [an_outcome(Kind.REJECTED, hours=24 * day) for day in range(6)]
    some += [an_outcome(Kind.IGNORED, hours=24 * day) for day in range(6, 12)]
    table = shown(outcomes(some))
    assert table[1].split()[1:] == ["12", "50%", "0%", "0%", "50%", "0%", "0%"]
    assert "50% (25% – 75%)" in table[4]


def test_of_too_few_days_no_lift_is_told() -> None:
    assert shown(outcomes([an_outcome(Kind.REJECTED)]))[4].split()[-2:] == ["–", "–"]
