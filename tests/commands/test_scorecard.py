"""What /accuracy draws of models and rows."""

from dataclasses import replace

from liqbot.alerting.outcome import Kind, Reaction
from liqbot.alerting.score import score
from liqbot.charts._accuracy import Rate, Skill
from liqbot.commands._scorecard import scorecard
from liqbot.heatmap.model import Model
from tests.commands.test_accuracy import SCORES, cases


def test_a_rule_has_a_rate_for_each_span_with_that_of_chance() -> None:
    rows = {"7d": score(cases(6)), "90d": score([*cases(30), *cases(40, "thin_book")])}
    card = scorecard("BTC", "today", {}, rows)
    assert card is not None
    first, second = card.records
    assert (first.rule, second.rule) == ("thin_book", "cluster_approach")
    week, quarter = second.rates
    assert (week.span, week.n, week.is_telling) == ("7d", 6, False)
    assert (quarter.n, quarter.share, quarter.usual) == (30, 20 / 30, 0.5)
    assert 0.4 < quarter.low < quarter.share < quarter.high < 0.9
    none = first.rates[0]
    assert none == Rate(span="7d", n=0, share=0.0, low=0.0, high=1.0, usual=None)


def test_a_map_has_its_score_beside_what_is_known_of_others() -> None:
    models = {"BTC": Model(scores=SCORES), "ETH": Model(scores={"skill": 0.5}), "SOL": Model()}
    card = scorecard("All", "today", models, {"90d": ()})
    assert card is not None
    beside = (("price_only", 0.66), ("usual_recipe", 0.41), ("before", 0.69))
    assert card.skills == (Skill("BTC", 0.71, beside), Skill("ETH", 0.5, ()))


def test_of_too_little_nothing_is_drawn() -> None:
    assert scorecard("BTC", "today", {"BTC": Model()}, {"90d": score(cases(19))}) is None
    unseen = [replace(each, mirror=Kind.UNKNOWN, moments=()) for each in cases(20)]
    card = scorecard("BTC", "today", {}, {"90d": score(unseen)})
    assert card is not None
    assert card.records[0].rates[0].usual is None
    blind = [replace(each, reaction=Reaction(Kind.UNKNOWN)) for each in cases(20)]
    card = scorecard("BTC", "today", {}, {"7d": score(blind), "90d": score(cases(20))})
    assert card is not None
    assert card.records[0].rates[0] == Rate(
        span="7d", n=0, share=0.0, low=0.0, high=1.0, usual=None
    )


def test_where_any_of_it_never_happened_it_says_so() -> None:
    real, *some = cases(30)
    made_up = replace(real, pending=replace(real.pending, simulated=True))
    for mixed, is_simulated in ((some, False), ([made_up, *some], True)):
        card = scorecard("BTC", "today", {}, {"7d": (), "90d": score([*mixed, *cases(5, "fade")])})
        assert card is not None
        assert card.simulated is is_simulated


def test_the_same_figures_are_the_same_picture() -> None:
    rows = {"7d": (), "90d": score(cases(30))}
    one, other = (scorecard("BTC", "today", {}, rows) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
