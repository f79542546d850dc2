"""How fast subscriptions are routed: python -m benchmarks.alerting [--smoke].

Every subscription meets a finding of each market that it watches, tick after tick: nothing seen,
everything seen for the first time, everything told at once, and a day as it usually is.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time

import numpy as np

from benchmarks.machine import load, machine
from liqbot.alerting.delivery import State
from liqbot.alerting.looking import Look
from liqbot.alerting.roster import Roster, Terms
from liqbot.alerting.routing import received, route
from liqbot.alerting.subscription import Subscription, Wish
from liqbot.chat.message import ChatId
from liqbot.market.units import Price, Side
from liqbot.rules import RULES
from liqbot.rules.rule import Criterion, Fact, Finding, Severity, Unit

_START = datetime(2026, 1, 7, tzinfo=UTC)
_TICK = timedelta(seconds=30)
_RULES = tuple(name for name in RULES if not RULES[name].across)
_TERMS = Terms(
    rules={name: RULES[name] for name in RULES},
    settings={name: RULES[name].settings() for name in RULES},
    venues=3,
)


def subscriptions(count: int, markets: Sequence[str], *, everywhere: float) -> list[Subscription]:
    """Return subscriptions of users with twenty each, so many of them for all markets."""
    chance = np.random.default_rng(1)
    found = []
    for number in range(1, count + 1):
        base = "" if chance.random() < everywhere else str(chance.choice(markets))
        wish = Wish(
            rule=str(chance.choice(_RULES)),
            base=base,
            side=(None, Side.LONG, Side.SHORT)[chance.integers(3)],
            min_usd=float(chance.choice([1e6, 1e7])) if chance.random() < 0.3 else None,
        )
        found.append(
            Subscription(
                id=number,
                chat=ChatId("console", str(number // 20)),
                user=str(number // 20),
                wish=wish,
                created_at=_START,
                expires_at=_START + timedelta(days=30),
            )
        )
    return found


def looks(markets: Iterable[str], at: datetime, size: float, clusters: int) -> list[Look]:
    """Return what each rule sees of each market: so many things on each side, all of one size."""
    return [
        Look(
            rule=rule,
            base=base,
            seen=tuple(
                _finding(base, side, number, size) for side in Side for number in range(clusters)
            ),
            data_at=at,
        )
        for base in markets
        for rule in _RULES
    ]


def _finding(base: str, side: Side, number: int, size: float) -> Finding:
    return Finding(
        case=side,
        side=side,
        cluster=f"{side}{number}",
        markets=(base,),
        headline="It is near",
        criteria=(Criterion("line", Fact("size", size, Unit.RATIO), 1.0, 0.8),),
        facts=(Fact("expected", 4e7, Unit.USD),),
        severity=Severity.NOTABLE,
        grade="A",
        venues=3,
        low=Price(1.0),
        high=Price(2.0),
    )


def ticked(count: int, market_count: int, clusters: int, everywhere: float) -> dict[str, float]:
    """Time the ticks of a story, seconds of one core; with how much there was to do."""
    markets = [f"M{number}" for number in range(market_count)]
    roster = Roster(subscriptions(count, markets, everywhere=everywhere))
    told: dict[str, float] = {}
    at = _START
    deliveries = 0
    story = [("quiet", 0.5), ("first", 1.5), ("more", 1.5)]
    story += [("all_told", 1.5)] * 11 + [("steady", 1.5)] * 3 + [("wavering", 0.9)] * 3
    story += [("over", 0.1)]
    for name, size in story:
        at += _TICK
        seen = looks(markets, at, size, clusters)
        began = process_time()
        changes = route(roster, seen, at, _TERMS)
        told[name] = max(told.get(name, 0.0), process_time() - began)
        roster.apply(changes)
        deliveries += len(changes.deliveries)
        sent = {
            each.id: replace(each, state=State.SENT, ended_at=at) for each in changes.deliveries
        }
        roster.apply(received(roster, sent))
    lives = sum(len(here) for here in roster.lives.values())
    return told | {"lives": lives, "deliveries": deliveries}


def main(arguments: Sequence[str]) -> None:
    """Print the figures as JSON."""
    smoke = "--smoke" in arguments
    count, markets = (500, 4) if smoke else (10_000, 20)
    figures = {
        "mixed": ticked(count, markets, 2, 0.2),
        "everybody everywhere": ticked(count, markets, 1, 1.0),
    }
    told = {"machine": machine(), "load": load(), "subscriptions": count, "markets": markets}
    print(json.dumps(told | {"seconds": figures}, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
