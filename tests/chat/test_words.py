from liqbot.chat.numbers import Numbers
from liqbot.chat.words import clusters_in_words, heavier, imbalance
from liqbot.market.units import Side
from tests.charts.histories import a_cluster, a_history, an_empty_history

NUMBERS = Numbers("en", "UTC")
HISTORY = a_history()


def test_clusters_are_told_nearest_first_above_before_below() -> None:
    clusters = (
        a_cluster(Side.LONG, 64_000.0, 64_400.0, zone="B", usd=80e6),
        a_cluster(Side.SHORT, 68_000.0, 68_300.0, usd=310e6, persistence=0.1),
        a_cluster(Side.SHORT, 66_800.0, 67_100.0, zone="A"),
    )
    above, below = clusters_in_words(clusters, NUMBERS)
    assert above == (
        "Above: A 66,800 to 67,100, +2.8 percent, about 142 million dollars of shorts, expected "
        "about 106 million dollars, persistent; 68,000 to 68,300, +4.6 percent, about 310 million "
        "dollars of shorts, expected about 232 million dollars, transient."
    )
    assert below.startswith("Below: B 64,000 to 64,400, −0.9 percent, about 80.0 million dollars")


def test_terse_clusters_tell_place_and_size() -> None:
    named, other = a_cluster(zone="A"), a_cluster(low=68_000.0, high=68_100.0)
    (some,) = clusters_in_words((named, other), NUMBERS, "unnamed")
    assert some.count("expected") == 1
    (none,) = clusters_in_words((named, other), NUMBERS, "all")
    assert "expected" not in none
    assert none.count("about 142 million dollars") == 2


def test_a_cluster_of_one_venue_among_several_is_told() -> None:
    lone = a_cluster(venues={"okx": 130e6, "bybit": 12e6})
    assert "OKX alone" in clusters_in_words((lone,), NUMBERS)[0]


def test_the_heavier_side_is_told_in_words_not_signs() -> None:
    assert heavier(2.4, 1.0, NUMBERS) == "Longs heavier below: 2.4:1"
    assert heavier(1.0, 3.0, NUMBERS) == "Shorts heavier above: 3.0:1"
    assert heavier(1.0, 1.04, NUMBERS) == "Both sides even"
    assert heavier(1.0, 0.0, NUMBERS) == "Longs heavier below: over 99:1"
    assert imbalance(HISTORY, NUMBERS) == "Longs heavier below: 2.4 to 1 within 5%."
    assert imbalance(an_empty_history(), NUMBERS) == "Nothing on either side within 5%."
