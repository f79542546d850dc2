from datetime import timedelta

from liqbot.alerting.showing import sample, shown
from liqbot.chat.richtext import plain
from liqbot.market.units import Price
from liqbot.rules import RULES
from tests.alerting.stage import NUMBERS, START, near, ratio

NEAR = RULES["cluster_approach"]


def test_what_is_found_is_said_as_an_alert_says_it() -> None:
    seen = START - timedelta(seconds=7)
    text = plain(shown(NEAR, near(), NUMBERS, START, seen))
    assert text.startswith("BTC · Price is near a cluster of longs below it")
    assert "64,000 to 64,500: if price went there, about $40.0M would fire" in text
    assert text.endswith("ESTIMATE · grade A · 3 venues · data 7 s old")


def test_several_are_said_in_a_line_each() -> None:
    rule = RULES["asymmetric_cluster"]
    text = plain(shown(rule, (*ratio(3.0), *ratio(4.0, base="ETH")), NUMBERS, START, START))
    assert {line.split(" ·")[0] for line in text.splitlines()[:2]} == {"BTC", "ETH"}


def test_a_rule_that_looks_across_markets_names_them_all() -> None:
    (found, *_) = near(markets=("BTC", "ETH"))
    text = plain(shown(RULES["correlated_risk"], (found,), NUMBERS, START, START))
    assert text.startswith("BTC, ETH · ")


def test_a_sample_is_marked_and_lies_below_the_price() -> None:
    found = sample("BTC", Price(100_000.0))
    assert found.entered
    assert found.high == 98_500.0
    assert found.low is not None
    assert found.low < found.high
    text = plain(shown(NEAR, (found,), NUMBERS, START, START, simulated=True))
    assert "SIMULATED" in text
    assert "about $40.0M would fire" in text


def test_without_a_price_a_sample_names_none() -> None:
    text = plain(shown(NEAR, (sample("BTC", None),), NUMBERS, START, START, simulated=True))
    assert "would fire" not in text
    assert "expected $40.0M" in text
