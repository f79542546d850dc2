"""What one subscription is told: computed from what it is about, never drawn."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from liqbot.market.holding import holding_in
from liqbot.market.units import Price, Side
from liqbot.rules.rule import Criterion, Fact, Finding, Severity, Unit

EVERYWHERE = ""  # the market of what looks across markets

_LENGTH = 16  # hexadecimal digits; 2^64 is plenty for one bot's lifetime
# Facts, what says best how large it is: of what is gone or grew that part, else all that is there.
_USD = ("was expected", "growth, expected", "expected", "realised so far", "realised")

_NOTHING = Fact("expected", 0.0, Unit.USD)


class News(StrEnum):
    """What there is to tell."""

    OPENED = "opened"  # a message
    REPEATED = "repeated"  # another message in the same episode
    CHANGED = "changed"  # the message that stands there is changed
    CLOSED = "closed"  # likewise, for good
    OUTCOME = "outcome"  # what came of it
    REMINDER = "reminder"  # of a subscription that ends
    PAUSED = "paused"  # a subscription that told too much
    LOST = "lost"  # a shared chat, to those who had it told something
    FEEDS = "feeds"  # that fell silent or are back, to those who run the bot


def digest(*parts: object) -> str:
    """Return what tells some values apart from all others, as 16 hexadecimal digits."""
    return sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:_LENGTH]


class Fingerprint(NamedTuple):
    """What one subscription is told of once: the same cluster under the same rule."""

    subscription: int
    rule: str
    base: str  # EVERYWHERE for a rule that looks across markets, whichever of them take part
    about: str  # the cluster's id; where there is none, the side or the case

    @property
    def digest(self) -> str:
        """The fingerprint as 16 hexadecimal digits."""
        return digest(*self)


def about(finding: Finding) -> str:
    """Return what tells apart the findings of one rule in one market; tiers share it.

    Of a position it is the first word of the case, whichever cluster there is.
    """
    if finding.holding is not None:
        return finding.case.partition(" ")[0]
    return finding.cluster or (finding.side.value if finding.side else finding.case)


class Doubt(NamedTuple):
    """How a rule did in a market where it was not shown to foretell anything."""

    n: int  # alerts
    lift: float  # how many times as often as at levels that nobody chose


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What was seen when it was told."""

    fingerprint: Fingerprint
    episode: int  # when it began to fire, Unix ms
    begun: datetime  # when it was first seen
    at: datetime
    data_at: datetime  # of the oldest datum that it rests on
    finding: Finding  # its criteria as the subscription draws the lines
    chart: str
    perishable: bool  # worth nothing once it is out of date
    simulated: bool = False
    unproven: Doubt | None = None  # None = nothing speaks against its rule

    @property
    def id(self) -> str:
        """What `/why` takes: the same through an episode."""
        return digest(*self.fingerprint, self.episode)

    @property
    def usd(self) -> float:
        """How large it is, expected Usd; 0 where nothing says so."""
        return worth_of(self.finding).value


def worth_of(finding: Finding) -> Fact:
    """Return what a finding is worth, expected or realised Usd; 0 where nothing says so."""
    facts = {each.label: each for each in reversed(finding.facts) if each.unit is Unit.USD}
    named = (facts[label] for label in _USD if label in facts)
    most = max(facts.values(), key=lambda each: each.value, default=_NOTHING)
    return next(named, most)


def encoded(alert: Alert) -> str:
    """Return an alert as JSON, to the last digit."""
    found = alert.finding
    return json.dumps(
        {
            "fingerprint": alert.fingerprint,
            "episode": alert.episode,
            "begun": alert.begun.isoformat(),
            "at": alert.at.isoformat(),
            "data_at": alert.data_at.isoformat(),
            "chart": alert.chart,
            "perishable": alert.perishable,
            "simulated": alert.simulated,
            "unproven": alert.unproven,
            "finding": {
                "case": found.case,
                "side": found.side,
                "cluster": found.cluster,
                "markets": found.markets,
                "headline": found.headline,
                "criteria": [
                    [each.setting, _fact(each.fact), each.enter, each.slack]
                    for each in found.criteria
                ],
                "facts": [_fact(each) for each in found.facts],
                "severity": found.severity,
                "grade": found.grade,
                "venues": found.venues,
                "low": found.low,
                "high": found.high,
                "rank": found.rank,
                "holding": asdict(found.holding) if found.holding else None,
            },
        },
        allow_nan=False,
    )


def decoded(text: str) -> Alert:
    """Read what `encoded` wrote; raise ValueError, KeyError or TypeError for anything else."""
    told = json.loads(text)
    return Alert(
        fingerprint=Fingerprint(*told["fingerprint"]),
        episode=told["episode"],
        begun=datetime.fromisoformat(told["begun"]),
        at=datetime.fromisoformat(told["at"]),
        data_at=datetime.fromisoformat(told["data_at"]),
        chart=told["chart"],
        perishable=told["perishable"],
        simulated=told["simulated"],
        finding=_finding(told["finding"]),
        unproven=Doubt(*told["unproven"]) if told.get("unproven") else None,
    )


def _finding(told: Mapping[str, Any]) -> Finding:
    low, high = told["low"], told["high"]
    return Finding(
        case=told["case"],
        side=Side(told["side"]) if told["side"] else None,
        cluster=told["cluster"],
        markets=tuple(told["markets"]),
        headline=told["headline"],
        criteria=tuple(
            Criterion(setting, _read(fact), enter, slack)
            for setting, fact, enter, slack in told["criteria"]
        ),
        facts=tuple(_read(each) for each in told["facts"]),
        severity=Severity(told["severity"]),
        grade=told["grade"],
        venues=told["venues"],
        low=None if low is None else Price(low),
        high=None if high is None else Price(high),
        rank=told["rank"],
        holding=holding_in(told["holding"]) if told.get("holding") else None,
    )


def _fact(fact: Fact) -> list[object]:
    return [fact.label, fact.value, fact.unit]


def _read(told: tuple[str, float, str]) -> Fact:
    label, value, unit = told
    return Fact(label, value, Unit(unit))
