"""What hypothesis draws for alerting: wishes that somebody may have, findings, alerts."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from liqbot.alerting.alert import Alert, Doubt, Fingerprint
from liqbot.alerting.subscription import LONGEST, SHORTEST, Wish
from liqbot.alerting.vocabulary import checked, term_of
from liqbot.errors import OutOfRange
from liqbot.market.units import Price, Side
from liqbot.rules.rule import Criterion, Fact, Finding, Severity, Unit
from tests.alerting.stage import RULE_TABLE

BASES = ("BTC", "ETH", "1000PEPE")

numbers = st.floats(-1e15, 1e15)
words = st.text(max_size=12)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
facts = st.builds(Fact, label=words, value=numbers, unit=st.sampled_from(Unit))
findings = st.builds(
    Finding,
    case=words,
    side=st.none() | st.sampled_from(Side),
    cluster=st.none() | words,
    markets=st.lists(words, max_size=3).map(tuple),
    headline=words,
    criteria=st.lists(
        st.builds(Criterion, setting=words, fact=facts, enter=numbers, slack=st.floats(0.5, 1.5)),
        min_size=1,
        max_size=3,
    ).map(tuple),
    facts=st.lists(facts, max_size=4).map(tuple),
    severity=st.sampled_from(Severity),
    grade=st.sampled_from("ABCD"),
    venues=st.integers(0, 9),
    low=st.none() | numbers.map(Price),
    high=st.none() | numbers.map(Price),
    rank=st.integers(0, 4),
)
fingerprints = st.builds(
    Fingerprint, subscription=st.integers(1, 99), rule=words, base=words, about=words
)
alerts = st.builds(
    Alert,
    fingerprint=fingerprints,
    episode=st.integers(0, 4_000_000_000_000),
    begun=moments,
    at=moments,
    data_at=moments,
    finding=findings,
    chart=words,
    perishable=st.booleans(),
    simulated=st.booleans(),
    unproven=st.none() | st.builds(Doubt, n=st.integers(1, 999), lift=st.floats(0, 9)),
)
_AMOUNTS = st.integers(1, 10**12).map(lambda cents: cents / 100)


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    """Draw a wish for one of the rules, by lines that it lets one draw."""
    spoken = sorted(name for name, rule in RULE_TABLE.items() if not rule.private)
    rule = RULE_TABLE[draw(st.sampled_from(spoken))]
    term = term_of(rule)
    lines: tuple[tuple[str, float], ...] = ()
    if draw(st.booleans()):
        value = draw(st.integers(1, 99_999)) / draw(st.sampled_from([10, 1000, 100_000]))
        with suppress(OutOfRange):
            lines = ((term.setting, checked(rule, value, "")),)
    cases = {"", *term.cases.values()}
    if lines and term.signs:
        cases = {*term.signs} if term.unsigned else {"", *term.signs}
    if term.minute and draw(st.booleans()):
        minute = (term.minute, draw(_AMOUNTS))
        lines = tuple(sorted((*lines, minute)))
    return Wish(
        rule=rule.name,
        base=draw(st.sampled_from(["", *BASES])),
        side=draw(st.none() | st.sampled_from(Side)),
        case=draw(st.sampled_from(sorted(cases))),
        lines=lines,
        min_usd=draw(st.none() | _AMOUNTS) if term.amount else None,
        severity=draw(st.sampled_from(Severity)),
        grade=draw(st.sampled_from("ABCD")),
        lone=draw(st.booleans()),
        once=draw(st.booleans()),
        cooldown=draw(
            st.integers(int(SHORTEST / timedelta(minutes=1)), int(LONGEST / timedelta(minutes=1)))
        )
        * timedelta(minutes=1),
    )
