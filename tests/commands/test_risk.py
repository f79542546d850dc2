"""/risk: the watched markets side by side."""

import pytest

from liqbot.chat.arguments import Known
from liqbot.chat.message import LONGEST_WORDS, Message
from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.commands.risk import Wanted, read_wanted
from liqbot.desk import Desk
from liqbot.market.instrument import Instrument
from tests.charts.histories import a_history
from tests.commands.conversation import words
from tests.fakes.desk import CALLER, PNG, a_desk
from tests.heatmap.books import booked

KNOWN = Known(tuple(Instrument("okx", base, "USDT") for base in ("BTC", "ETH", "kPEPE")))
BTC = booked(density=1e12)
ETH = booked(a_history(base="ETH", price=3_000.0, usd=60e6), density=1e12)
DOGE = a_history(base="DOGE", price=0.12, usd=9e6)


def a_risk_desk(*blind: str) -> Desk:
    return a_desk(BTC, ETH, DOGE, blind=blind)[0]


async def ask(line: str = "", desk: Desk | None = None) -> Message:
    return await COMMANDS["risk"].invoke(desk or a_risk_desk(), CALLER, line)


async def said(line: str = "", desk: Desk | None = None) -> list[str]:
    return plain((await ask(line, desk)).text).splitlines()


async def test_all_watched_markets_are_set_side_by_side() -> None:
    assert await said() == [
        "Risk · one shock of 3% to 3 markets",
        "ESTIMATE · 2026-01-07 02:00 UTC",
        "Oldest: BTC, data 12 s old",
        "▼ If all fell by 3%: expected $172M of longs ($68.9M … $293M)",
        "▲ If all rose by 3%: expected $119M of shorts ($47.7M … $203M)",
        "No order book, so nothing beyond the shock counts: DOGE",
        "Long clusters within 3%: 3 of 3: BTC, ETH, DOGE",
        "Short clusters within 3%: 3 of 3: BTC, ETH, DOGE",
        "$ → $: expected within 3% → with what that sets off beyond",
        "(low … high): all markets low, or all high, at once",
        "Modelled, not measured. Not a forecast. Not advice.",
        "BTC ▼ $116M cluster −0.9% · ▲ $80.2M cluster +1.2%",
        "ETH ▼ $48.8M cluster −0.9% · ▲ $34.0M cluster +1.2%",
        "DOGE ▼ $7.35M cluster −0.9% · ▲ $5.08M cluster +1.2%",
    ]


async def test_only_the_markets_asked_for_count() -> None:
    told = await said("doge, btc 5%")
    assert told[0] == "Risk · one shock of 5% to 2 markets"
    assert [each.split()[0] for each in told[-2:]] == ["BTC", "DOGE"]


async def test_who_cannot_be_seen_is_named_and_not_counted() -> None:
    told = await said(desk=a_risk_desk("ETH"))
    assert told[0] == "Risk · one shock of 3% to 2 markets"
    assert "Not seen, and not counted: ETH" in told


async def test_where_none_can_be_seen_that_is_the_answer() -> None:
    (told,) = await said("btc", a_risk_desk("BTC"))
    assert told == "BTC cannot be seen: no venue has answered for 6 min."


async def test_other_shocks_are_a_button_away() -> None:
    found = await ask("eth,btc")
    assert words(found) == [
        *(f"risk ETH,BTC {each}" for each in ("1%", "2%", "5%", "10%")),
        "whatif BTC -3%",
        "risk ETH,BTC 3%",
        "why risk ETH,BTC 3%",
    ]
    assert found.in_place
    assert found.picture is not None
    assert found.picture.name == "risk-20260107-0200.png"
    assert found.picture.content.startswith(PNG[:8])
    assert words(await ask())[0] == "risk 1%"


async def test_a_button_never_asks_of_other_markets() -> None:
    many = [a_history(base=f"LONGNAME{i}") for i in range(9)]
    found = await ask(" ".join(each.base for each in many), a_desk(*many)[0])
    assert words(found) == ["whatif LONGNAME0 -3%"]


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("btc xyz", "There is no market “XYZ”"),
        ("btc 3% 5%", "Say one shock; it is told downward and upward."),
        ("0%", "A shock is of 0.2% to 25% of the price."),
        ("99%", "A shock is of 0.2% to 25% of the price."),
        ("!!", "is not a market"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_what_can(line: str, mistake: str) -> None:
    assert mistake in plain((await ask(line)).text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Wanted()),
        ("all", Wanted()),
        ("BTC,ETH", Wanted(("BTC", "ETH"))),
        ("eth; btc, eth", Wanted(("ETH", "BTC"))),
        ("−5% kpepe", Wanted(("kPEPE",), 0.05)),
        ("+2.5%", Wanted(shock=0.025)),
    ],
)
def test_markets_and_a_shock_come_in_any_order(text: str, wanted: Wanted) -> None:
    assert read_wanted(text, KNOWN) == wanted


async def test_it_fits_beside_a_picture_and_its_buttons_are_understood() -> None:
    many = [booked(a_history(base=f"M{i}", usd=98.7e9), 1e6) for i in range(30)]
    desk = a_desk(*many)[0]
    found = await ask("", desk)
    assert length(found.text) <= 1024
    for each in words(found):
        assert len(each.encode()) <= LONGEST_WORDS
        name, _, line = each.partition(" ")
        again = await COMMANDS[name].invoke(desk, CALLER, line)
        assert (again.picture is None) is (name == "why"), each


async def test_too_many_markets_are_too_many() -> None:
    many = [a_history(base=f"M{i}") for i in range(41)]
    line = ",".join(each.base for each in many)
    assert "41 markets; 40 fit" in plain((await ask(line, a_desk(*many)[0])).text)
