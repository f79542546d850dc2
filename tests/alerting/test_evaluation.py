"""What the rules see, for those who listen."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from liqbot.alerting.alert import EVERYWHERE, Fingerprint
from liqbot.alerting.evaluation import Evaluation, evaluate
from liqbot.alerting.lifecycle import Life, Phase
from liqbot.alerting.looking import Look
from liqbot.alerting.roster import Roster
from liqbot.alerting.subscription import Wish
from liqbot.heatmap.tracks import Kind
from liqbot.market.units import Price, Side
from liqbot.rules.rule import Blind, Finding, Rule, Scene
from tests.alerting.stage import TERMS, a_subscription
from tests.market.test_holding import LONG
from tests.rules.scenes import PRICE, a_long, a_scene, gone

WITHIN = "cluster_approach"


def rostered(*wishes: Wish) -> Roster:
    return Roster(a_subscription(each, number=row) for row, each in enumerate(wishes, 1))


def seen(*wishes: Wish, scenes: Iterable[Scene] = (), bases: tuple[str, ...] = ()) -> Evaluation:
    by_base = {each.history.base: each for each in scenes or [a_scene(a_long())]}
    return evaluate(by_base, bases or (*by_base, EVERYWHERE), rostered(*wishes), TERMS)


def only(evaluation: Evaluation) -> Look:
    [look] = evaluation.looks
    return look


def found(look: Look) -> tuple[Finding, ...]:
    assert not isinstance(look.seen, Blind)
    return look.seen


def test_only_what_somebody_listens_to_is_looked_at() -> None:
    assert seen().looks == ()
    look = only(seen(Wish(rule=WITHIN, base="BTC")))
    assert (look.rule, look.base) == (WITHIN, "BTC")
    assert [each.cluster for each in found(look)] == ["L-1"]
    assert seen(Wish(rule=WITHIN, base="ETH")).looks == ()


def test_a_rule_about_positions_sees_those_of_who_listens() -> None:
    nearby = replace(LONG, liquidation=Price(PRICE * 0.99))
    wishes = [Wish(rule="own_position", base="BTC", holding=each) for each in (nearby, LONG)]
    look = only(seen(*wishes, scenes=[a_scene()]))
    assert {each.holding for each in found(look)} == {nearby}
    assert found(only(seen(wishes[1], scenes=[a_scene()]))) == ()


def test_who_listens_everywhere_listens_to_each_market() -> None:
    scenes = [a_scene(a_long(), base=base) for base in ("BTC", "ETH", "SOL")]
    looks = seen(Wish(rule=WITHIN), scenes=scenes, bases=("BTC", "SOL")).looks
    assert [each.base for each in looks] == ["BTC", "SOL"]


def test_a_rule_across_markets_looks_once_at_all_of_them() -> None:
    scenes = [a_scene(a_long(-0.01), base=base) for base in ("BTC", "ETH", "SOL")]
    wish = Wish(rule="correlated_risk")
    assert seen(wish, scenes=scenes, bases=("BTC",)).looks == ()
    look = only(seen(wish, scenes=scenes))
    assert look.base == EVERYWHERE
    assert [each.markets for each in found(look)] == [("BTC", "ETH", "SOL")]


def test_a_rule_looks_as_widely_as_those_who_listen() -> None:
    far = [a_scene(a_long(-0.06))]
    assert found(only(seen(Wish(rule=WITHIN), scenes=far))) == ()
    wide = Wish(rule=WITHIN, lines=(("tiers", 0.08),))
    assert found(only(seen(Wish(rule=WITHIN), wide, scenes=far))) != ()


def test_a_look_says_how_old_its_data_is_and_what_became_of_clusters() -> None:
    swept = gone(Kind.SWEPT, Side.LONG, PRICE * 0.99, PRICE * 0.995, ago=3)
    scene = a_scene(a_long(), events=[gone(Kind.BORN, Side.SHORT, 1, 2, ago=9), swept])
    late = replace(scene, history=replace(scene.history, data_age_s=20.0))
    look = only(seen(Wish(rule=WITHIN), scenes=[late]))
    assert look.data_at == late.history.at - timedelta(seconds=20)
    assert {name: end.kind for name, end in look.ends.items()} == {swept.track: "swept"}
    assert look.simulated is late.history.simulated


def test_a_rule_that_raises_is_blind_and_takes_no_other_with_it() -> None:
    def fail(_: Scene, __: object) -> Iterable[Finding]:
        raise ZeroDivisionError

    rules: dict[str, Rule[object]] = {**TERMS.rules}
    rules["thin_book"] = replace(rules["thin_book"], evaluate=fail)
    terms = replace(TERMS, rules=rules)
    scenes = {"BTC": a_scene(a_long())}
    roster = rostered(Wish(rule="thin_book"), Wish(rule=WITHIN))
    evaluation = evaluate(scenes, ("BTC",), roster, terms)
    blind = {look.rule: isinstance(look.seen, Blind) for look in evaluation.looks}
    assert blind == {"thin_book": True, WITHIN: False}
    [fault] = evaluation.faults
    assert (fault.rule, fault.base, type(fault.error)) == ("thin_book", "BTC", ZeroDivisionError)


def test_what_was_told_is_looked_at_until_it_is_over() -> None:

    roster = Roster(
        [a_subscription(Wish(rule=WITHIN, base="BTC"), paused="too much")],
        lives={Fingerprint(1, WITHIN, "BTC", "L-1"): Life(phase=Phase.FIRING)},
    )
    evaluation = evaluate({"BTC": a_scene(a_long())}, ("BTC",), roster, TERMS)
    assert [each.rule for each in evaluation.looks] == [WITHIN]


def test_a_market_without_a_map_is_not_looked_at() -> None:
    assert seen(Wish(rule=WITHIN, base="ETH"), bases=("ETH",)).looks == ()
