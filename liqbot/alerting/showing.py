"""What is true already as somebody asks, and a sample: in the words of an alert, owed to nobody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from liqbot.alerting.alert import EVERYWHERE, Alert, Fingerprint, News, about
from liqbot.alerting.delivery import Delivery, Post, State
from liqbot.alerting.wording import message
from liqbot.chat.message import ChatId
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import RichText
from liqbot.market.units import Price, Side, ms_of
from liqbot.rules.rule import Criterion, Fact, Finding, Rule, Severity, Unit

_SAMPLE_USD = 40e6
_DISTANCE, _TIER = 0.015, 0.02  # of the sample, as a fraction of the price
_WIDTH = 0.005
_NOWHERE = ChatId("", "")


def shown(
    rule: Rule[Any],
    findings: Sequence[Finding],
    numbers: Numbers,
    at: datetime,
    data_at: datetime,
    *,
    simulated: bool = False,
) -> RichText:
    """Say what a rule finds at a moment with the words of an alert.

    `data_at` is when the oldest of what it rests on was seen.
    """
    alerts = [
        Alert(
            fingerprint=_name(rule, each),
            episode=ms_of(at),
            begun=at,
            at=at,
            data_at=data_at,
            finding=each,
            chart=rule.chart,
            perishable=False,
            simulated=simulated,
        )
        for each in findings
    ]
    post = Post(message="", chat=_NOWHERE, deliveries=tuple(map(_delivery, alerts)))
    return message(post, numbers, at).text


def sample(base: str, mark: Price | None) -> Finding:
    """Return a made-up finding of `cluster_approach`; without a price it names none."""
    low = high = None
    if mark is not None:
        high = Price(mark * (1 - _DISTANCE))
        low = Price(high * (1 - _WIDTH))
    away = Fact("distance to its edge", _DISTANCE, Unit.FRACTION)
    return Finding(
        case=Side.LONG,
        side=Side.LONG,
        cluster="sample",
        markets=(base,),
        headline="Price is near a cluster of longs below it",
        criteria=(Criterion("tiers", away, _TIER, 1.25),),
        facts=(Fact("expected", _SAMPLE_USD, Unit.USD),),
        severity=Severity.INFO,
        grade="A",
        venues=3,
        low=low,
        high=high,
    )


def _name(rule: Rule[Any], finding: Finding) -> Fingerprint:
    base = EVERYWHERE if rule.across else finding.markets[0]
    return Fingerprint(0, rule.name, base, about(finding))


def _delivery(alert: Alert) -> Delivery:
    return Delivery(
        id=alert.id,
        message="",
        chat=_NOWHERE,
        subscription=0,
        news=News.OPENED,
        made_at=alert.at,
        due_at=alert.at,
        fingerprint=alert.fingerprint,
        alert=alert,
        state=State.SENT,
    )
