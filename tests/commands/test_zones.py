import re

from liqbot.chat.message import Message
from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from liqbot.desk import Desk
from liqbot.heatmap.clusters import Cluster
from tests.charts.histories import a_cluster, a_history
from tests.fakes.desk import CALLER, a_desk


async def ask(desk: Desk) -> Message:
    return await COMMANDS["heatmap"].invoke(desk, CALLER, "btc")


async def lines(*clusters: Cluster) -> list[str]:
    desk, _, _ = a_desk(a_history(clusters=clusters))
    return plain((await ask(desk)).text).splitlines()


async def test_zones_stand_as_they_do_on_the_price_axis() -> None:
    desk, _, _ = a_desk()
    found = plain((await ask(desk)).text).splitlines()
    assert [line[:3] for line in found if re.match("[ABC] [▲▼]", line)] == [
        "C ▲",
        "A ▲",
        "B ▼",
        "C ▼",
    ]


async def test_a_zone_tells_bounds_distance_dollars_side_and_how_long() -> None:
    found = await lines(a_cluster(zone="A"))
    assert "A ▲ 66,500–67,100 · +2.3% · $142M → $106M of shorts · persistent" in found
    alone = a_cluster(zone="A", venues={"okx": 142e6, "bybit": 1e6}, persistence=0.1)
    assert (await lines(alone))[4].endswith("of shorts · transient · OKX alone")


async def test_of_one_venue_alone_it_is_not_said_that_it_is_alone() -> None:
    told = await lines(a_cluster(zone="A", venues={"okx": 142e6}))
    assert told[4].endswith("of shorts · persistent")


async def test_bounds_have_four_digits_where_a_coin_costs_little() -> None:
    (told,) = [
        each
        for each in await lines(a_cluster(low=2.51234, high=2.54321, zone="A"))
        if each.startswith("A")
    ]
    assert told.startswith("A ▲ 2.512–2.543 · ")


async def test_what_has_no_name_is_not_told() -> None:
    found = await lines(a_cluster(), a_cluster(low=68_000.0, high=68_500.0))
    assert found[4] == "No cluster stands out."
    assert not any(" of shorts" in each for each in found)


async def test_the_text_has_every_figure_of_a_zone_that_the_description_has() -> None:
    desk, _, _ = a_desk(draws=True)
    found = await ask(desk)
    assert found.picture is not None
    text = plain(found.text)
    zones = re.findall(r"(?:[ABC]) [\d,]+ to [^;]*?(?:persistent|transient)", found.picture.alt)
    assert len(zones) == 4
    for zone in zones:
        for figure in re.findall(r"\d[\d,.]*\d", zone):
            assert figure in text
    assert "Longs heavier below: 2.4 to 1 within 5%." in text
    assert "65,000  −2.4% in 24 h" in text
