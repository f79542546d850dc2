"""How a scorecard was counted."""

from liqbot.alerting.score import Axis, score
from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.heatmap.model import Model
from liqbot.tracing.scores import lift_words, score_lines
from tests.builders import START_MS
from tests.commands.test_accuracy import SCORES, cases

NUMBERS = Numbers("en", "UTC")


def test_a_skill_tells_its_hours_and_cases_their_rules() -> None:
    model = Model(
        version="BTC-3",
        venues=("binance", "okx"),
        fitted_from_ms=START_MS,
        fitted_to_ms=START_MS + 10 * 86_400_000,
        scores=SCORES,
    )
    rows = score([*cases(24), *cases(3, "thin_book")], (Axis.RULE,))
    told = plain(tuple(score_lines({"BTC": model}, rows, "30d", NUMBERS))).splitlines()
    assert told[0] == (
        "BTC 0.71 on 268 h after those it was fitted to; on the same hours the model before 0.69,"
        " prices alone 0.66, usual recipe 0.41; model BTC-3, 1 Jan to 11 Jan on Binance+OKX"
    )
    assert told[3] == "27 cases in 30d = cluster approach 24 + thin book 3"
    assert told[4].startswith("0 more not counted")
    assert "$90.0M of $360M: 9 swept levels whose orders were heard" in told


def test_without_a_fit_or_a_case_nothing_is_made_up() -> None:
    told = plain(tuple(score_lines({}, (), "7d", NUMBERS))).splitlines()
    assert told[0] == "0 cases in 7d = none"
    none = plain(tuple(score_lines({"ETH": None}, (), "7d", NUMBERS))).splitlines()
    assert none[0] == "ETH: not scored, as no fit has beaten the built-in model yet"
    bare = plain(tuple(score_lines({"ETH": Model()}, (), "7d", NUMBERS))).splitlines()
    assert bare[0] == "ETH not scored; model prior-1"


def test_a_rules_rates_are_counts_over_counts() -> None:
    rows = score(cases(24), (Axis.RULE,))
    told = plain(tuple(score_lines({}, rows, "7d", NUMBERS))).splitlines()
    assert told[2] == "cluster approach 67% (47–82) = price got to 16 of 24"
    lift = rows[0].reach_lift.moments
    assert lift is not None
    assert told[3] == (
        f"  × random {lift_words(lift, NUMBERS)} = ÷ {NUMBERS.share(lift.usual)} of random levels,"
        f" 24 cases on {lift.spans} spans of time"
    )
    assert sorted(told[4].strip().split(", ")) == [
        "stayed away 8 33%",
        "swept 8 33%",
        "turned 8 33%",
    ]
    few = score(cases(24, days=24.0), (Axis.RULE,))
    assert "× random" not in plain(tuple(score_lines({}, few, "7d", NUMBERS)))
