"""The numbers of a plan, taken apart in words."""

from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.planning.plan import plan_of
from liqbot.planning.weighing import Part, Weighing
from liqbot.tracing.plans import number_lines, score_words, short, zone_name
from tests.planning.scenes import a_known_scene

NUMBERS = Numbers("en", "UTC")


def test_a_near_zone_tells_dollars_prices_and_score_a_far_one_its_dollars() -> None:
    plan = plan_of(a_known_scene(interest=0.05), ())
    told = plain(tuple(number_lines(plan, NUMBERS))).splitlines()
    first = next(i for i, each in enumerate(told) if each.startswith("A ▲ "))
    assert told[first] == (
        "A ▲ 65,975–66,305 +1.5% $30.0M = $40.0M modelled × 0.75 realised"
        " (Binance $20.0M 50%, Bybit $12.0M 30%, OKX $8.00M 20%)"
    )
    assert told[first + 1] == (
        "Alert 65,322: 1% before edge 65,975; condition 65,645–65,777: 0.5–0.3% before it;"
        " off 63,323: clear of the other side's zone; turn off 66,703: clear of edge 66,305"
    )
    assert told[first + 2].startswith("Score +1 of 5: + open interest; ? ")
    assert told[0].startswith("C ▲ ")
    assert told[1].startswith("Alert ")
    assert told[2].startswith("Score ")
    assert any(each.startswith("Scored ") and "open interest, 24 h +5%" in each for each in told)
    assert told[-1].startswith("Map grade B: traded $187M a day 0/2, 3 venues 2/2, ")


def test_a_score_is_for_less_against_of_what_is_known() -> None:
    parts = [Part("funding, now", vote, None) for vote in (1, 1, -1, 0, None)]
    assert score_words(Weighing(tuple(parts))) == "+1 of 4"
    assert score_words(Weighing(tuple(parts[2:3]))) == "−1 of 1"
    assert score_words(Weighing(())) == "0 of 0"
    assert short(parts[0]) == "funding"
    zone = plan_of(a_known_scene(), ()).zones[0]
    assert zone_name(zone) == "C ▲"
