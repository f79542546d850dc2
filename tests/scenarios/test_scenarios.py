"""Days of simulated markets, and what one who asked for everything is told of them."""

import numpy as np

from liqbot.alerting.subscription import SHORTEST, Wish
from liqbot.heatmap.liquidation import liquidation_price
from liqbot.market.holding import Holding
from liqbot.market.units import MINUTE_MS, Price, Side
from tests.scenarios import golden
from tests.scenarios.markets import (
    FADES_H,
    FIRST_TURN_H,
    FOUR,
    SHOCK_H,
    TURN_H,
    TURNS,
    fading,
    falling,
    ranging,
)
from tests.scenarios.playing import moments, played

CASCADE = ("cascade_start", "cascade_end")


async def test_a_build_up_of_three_days_fires_in_twelve_minutes_as_written_down() -> None:
    told = await golden.cascade()
    assert told.transcript == golden.FILE.read_text("utf-8")


async def test_a_cascade_is_told_while_it_runs_and_once_it_is_over() -> None:
    stage = falling("BTC")
    shock_ms = stage.at_ms(SHOCK_H)
    looks = moments(shock_ms, shock_ms, [(shock_ms, shock_ms + 20 * MINUTE_MS)])
    told = await played([stage], looks, CASCADE)
    assert [each.rule for each in told.opened] == ["cascade_start", "cascade_end"]
    begun, ended = (each.at_ms - shock_ms for each in told.opened)
    assert begun < 3 * MINUTE_MS
    assert 8 * MINUTE_MS < ended < 14 * MINUTE_MS


async def test_whoever_holds_a_long_hears_of_the_build_up_at_its_stop_and_of_the_fall() -> None:
    stage = falling("BTC")
    begin_ms, shock_ms = stage.at_ms(SHOCK_H - 1), stage.at_ms(SHOCK_H)
    [scene] = stage.scenes([begin_ms])
    entry = scene.history.snapshot.mark
    ends = liquidation_price("binance", Side.LONG, entry, 20.0).price
    held = Holding(
        side=Side.LONG, entry=entry, leverage=20.0, stop=Price(ends * 1.005), liquidation=ends
    )
    wish = Wish(
        rule="own_position", base="BTC", grade="D", lone=True, holding=held, cooldown=SHORTEST
    )
    looks = moments(begin_ms, shock_ms, [(shock_ms, shock_ms + 15 * MINUTE_MS)])
    told = await played([stage], looks, [wish])
    news = [page for page in told.pages if "changes" not in page]
    assert "Your stop is inside a cluster of longs" in news[0]
    assert "Your liquidation price is inside a cluster of longs" in news[0]
    assert "Price is near your liquidation price" in news[1]
    assert "Price is at your liquidation price, or past it" in told.pages[-1]
    assert len(news) <= 5
    stop, ended, fall = (each.at_ms - shock_ms for each in told.opened)
    assert max(stop, ended) < -50 * MINUTE_MS
    assert 0 < fall < 7 * MINUTE_MS


async def test_four_markets_that_fall_together_are_told_together() -> None:
    stages = [falling(base) for base in FOUR]
    looks = moments(stages[0].at_ms(SHOCK_H - 2), stages[0].at_ms(SHOCK_H + 0.75))
    told = await played(stages, looks, ("correlated_risk", *CASCADE))
    assert [each.rule for each in told.opened].count("correlated_risk") == 1
    at_once = [page for page in told.pages if "Cascades in 4 markets: AVAX, BTC, ETH, SOL" in page]
    assert len([page for page in at_once if "changes" not in page]) == 1
    starts = [each for each in told.opened if each.rule == "cascade_start"][-len(FOUR) :]
    assert {each.base for each in starts} == set(FOUR)
    assert len({each.message for each in starts}) == 1


async def test_in_a_range_the_heavier_side_is_told_at_most_once_a_round_trip() -> None:
    stage = ranging()
    marks = stage.told.marks[:, -1]
    turns = [int((FIRST_TURN_H + TURN_H * turn) * 60 + 15) for turn in range(TURNS)]
    bottoms, tops = marks[turns[::2]], marks[turns[1::2]]
    assert bottoms.max() < 0.985 * tops.min()
    looks = moments(stage.at_ms(FIRST_TURN_H - 0.5), stage.at_ms(FIRST_TURN_H + TURN_H * TURNS - 1))
    told = await played([stage], looks, ["asymmetric_cluster"])
    at_ms = [each.at_ms for each in told.opened]
    assert 1 <= len(at_ms) <= TURNS // 2
    assert np.all(np.diff(at_ms) > 60 * MINUTE_MS)


async def test_once_clusters_dissolve_they_are_told_as_that_and_not_as_near() -> None:
    stage = fading()
    looks = moments(stage.at_ms(FADES_H[0]), stage.at_ms(FADES_H[1]))
    told = await played([stage], looks, ("cluster_fade", "cluster_approach", *CASCADE))
    rules = [each.rule for each in told.opened]
    assert set(rules[rules.index("cluster_fade") :]) == {"cluster_fade"}
    assert not set(CASCADE) & set(rules)
