from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.charts.chart import View
from liqbot.chat.message import Message
from liqbot.chat.richtext import Code, plain
from liqbot.commands import COMMANDS
from liqbot.desk import Desk
from liqbot.market.units import Side
from tests.charts.histories import a_cluster, a_history, an_empty_history, some_measured
from tests.fakes.desk import CALLER, a_desk

MANY = [a_cluster(low=66_000.0 + 500 * i, high=66_200.0 + 500 * i) for i in range(9)]


async def ask(words: str = "btc", desk: Desk | None = None) -> Message:
    return await COMMANDS["levels"].invoke(desk or a_desk()[0], CALLER, words)


def table(message: Message) -> list[str]:
    return [span.text for line in message.text for span in line if isinstance(span, Code)]


async def test_a_zone_tells_all_that_is_known_of_it() -> None:
    cluster = a_cluster(Side.LONG, 64_000.0, 64_400.0, zone="B", usd=80e6, persistence=0.1)
    assert table(await ask(desk=a_desk(a_history(clusters=[cluster]))[0])) == [
        "──── 65,000 ────",
        "B ▼ 64,000–64,400 −0.9% 1-4 h",
        "  $80.0M → $60.0M transient B",
        "  10x 50% 25x 30% · Binance 50%",
    ]


async def test_clusters_stand_by_price_around_the_price() -> None:
    rows = table(await ask())
    marks = [row[0] if row[0] != " " else row[2] for row in rows if "–" in row]
    assert marks == ["C", "A", "B", "C", "▼", "▼"]
    middle = rows.index("──── 65,000 ────")
    assert all("▼" not in row for row in rows[:middle])
    assert all("▲" not in row for row in rows[middle:])


async def test_a_cluster_of_one_venue_says_so() -> None:
    lone = a_cluster(zone="A", venues={"okx": 142e6, "bybit": 1e6})
    rows = table(await ask(desk=a_desk(a_history(clusters=[lone]))[0]))
    assert rows[2] == "  10x 50% 25x 30% · OKX only"


async def test_more_clusters_are_told_without_a_picture() -> None:
    desk, _, studio = a_desk(a_history(clusters=MANY))
    with_bands = await ask(desk=desk)
    assert table(with_bands)[-1] == "5 more, farther away"
    assert studio.asked
    studio.asked.clear()
    text = await ask("btc text", desk)
    assert len(table(text)) == 10
    assert text.picture is None
    assert not studio.asked
    assert text.buttons[0][0].words == "levels BTC 12h text"
    assert text.buttons[1][0].words == "levels BTC binance text"
    assert text.buttons[2][0].words == "heatmap BTC"
    assert text.in_place


async def test_an_empty_map_says_so() -> None:
    found = await ask(desk=a_desk(an_empty_history())[0])
    assert "No cluster stands out from the rest." in plain(found.text)
    assert table(found) == []


@given(
    price=st.floats(1e-7, 5e6),
    usd=st.floats(1e3, 9e11),
    locale=st.sampled_from(["en", "de", "fr"]),
    venue=st.sampled_from(["okx", "hyperliquid"]),
)
async def test_the_table_fits_a_phone(price: float, usd: float, locale: str, venue: str) -> None:
    share = {venue: 0.9 * usd, "bybit": 0.1 * usd}
    tiers = {100.0: 0.55 * usd, 125.0: 0.45 * usd}
    clusters = [
        a_cluster(
            side,
            price * near,
            price * far,
            mark=price,
            usd=usd,
            zone=zone,
            venues=share,
            tiers=tiers,
        )
        for side, near, far, zone in (
            (Side.SHORT, 1.031, 1.039, "A"),
            (Side.SHORT, 1.12, 1.13, None),
            (Side.LONG, 0.87, 0.88, "B"),
        )
    ]
    desk, _, _ = a_desk(
        a_history(price=price, clusters=clusters, bars=300), view=View(locale=locale)
    )
    assert max(map(len, table(await ask(desk=desk)))) <= 40


@pytest.mark.parametrize("words", ["btc form=text", "text btc"])
async def test_the_form_is_said_by_name_or_by_itself(words: str) -> None:
    assert (await ask(words)).picture is None


async def test_what_is_measured_is_told_apart_beside_the_same_table() -> None:
    history = a_history()
    plain_table = await ask("btc text", a_desk(history)[0])
    beside = await ask("btc text", a_desk(replace(history, measured=some_measured()))[0])
    assert table(beside) == table(plain_table)
    said = plain(beside.text)
    assert "◆ Measured, not in the estimate: 12 positions worth $43.5M · 4% of OI" in said
    assert "▲ 66,836–67,508 +2.8% $12.0M of 1" in said
    assert "◆" not in plain(plain_table.text)


async def test_an_empty_map_still_tells_what_is_measured() -> None:
    desk, _, _ = a_desk(replace(an_empty_history(), measured=some_measured(holders=0)))
    assert "◆ Measured: blind, none of 12 listed addresses" in plain((await ask(desk=desk)).text)
