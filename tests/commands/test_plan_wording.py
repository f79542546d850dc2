"""The sentences of a plan in full, from scenes in which little is usual."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from liqbot.chat.numbers import Numbers
from liqbot.chat.richtext import plain
from liqbot.commands import COMMANDS
from liqbot.commands._plan import plan_lines
from liqbot.market.units import Usd, floats
from liqbot.planning.plan import plan_of
from liqbot.rules.rule import Scene
from tests.commands.tracing import traced
from tests.fakes.desk import CALLER, a_desk
from tests.planning.scenes import A, B, a_known_scene
from tests.rules.scenes import a_long, a_short
from tests.rules.test_thin_book import a_book

SATURDAY = datetime(2026, 1, 10, 12, tzinfo=UTC)


def told(scene: Scene, **structure: Any) -> list[str]:  # noqa: ANN401
    plan = plan_of(scene, ())
    seen = replace(plan, structure=replace(plan.structure, **structure))
    return plain(tuple(plan_lines(seen, Numbers("en", "UTC")))).splitlines()


def test_where_a_zone_gives_way_a_wick_is_told_from_a_close() -> None:
    said = told(a_known_scene(A, B))
    nothing = "the map shows nothing more behind it"
    bull = (
        "Bull: if price taps B and closes back above 64,025, that is a turn. If a candle closes"
        f" above 66,305, through A, {nothing}; a wick there that closes back below 65,975 is no"
        " break."
    )
    bear = (
        "Bear: if price taps A and closes back below 65,975, that is a turn. If a candle closes"
        f" below 63,705, through B, {nothing}; a wick there that closes back above 64,025 is no"
        " break."
    )
    assert {bull, bear} <= set(said)


def test_a_weekend_that_nobody_measured_is_warned_of() -> None:
    scene = a_known_scene()
    weekend = replace(scene, history=replace(scene.history, at=SATURDAY))
    assert told(weekend)[0] == (
        "Weekend: clusters may hold half as much; what ends an idea is 0.5% farther away."
    )


def test_nearer_than_the_last_line_it_is_told_at_the_edge_itself() -> None:
    said = told(a_known_scene(a_short(0.004, zone="A", id="S-1"), a_long(-0.004, zone="B")))
    assert "Alert at 65,260, its edge." in said
    assert "Alert at 64,740, its edge." in said


@pytest.mark.parametrize(
    ("width", "said"),
    [(1.31, "expanding"), (1.29, "as usual"), (0.71, "as usual"), (0.69, "compressed")],
)
def test_moves_are_wide_or_narrow_beside_those_of_all(width: float, said: str) -> None:
    (trend,) = (each for each in told(a_known_scene(), width=width) if each.startswith("2 "))
    assert f"moves {said}" in trend


@pytest.mark.parametrize(("venues", "held"), [(("okx",), "1 venue"), (("okx", "gate"), "2 venues")])
def test_venues_that_hold_a_zone_are_counted(venues: tuple[str, ...], held: str) -> None:
    zone = replace(A, venues=dict.fromkeys(venues, Usd(1e6)))
    assert any(each.endswith(f", persistent, {held}") for each in told(a_known_scene(zone)))


@pytest.mark.parametrize(
    ("flow", "book", "said"),
    [
        (0.2, 0.2, "+20%: buyers take, and the book leans alike"),
        (0.2, -0.2, "−20%: buyers take into heavier asks"),
        (-0.2, 0.2, "+20%: sellers take into heavier bids"),
        (-0.2, -0.2, "−20%: sellers take, and the book leans alike"),
        (0.2, -0.09, "−9%"),
        (0.09, -0.2, "−20%"),
    ],
)
def test_flow_against_the_book_has_a_name_where_neither_is_slight(
    flow: float, book: float, said: str
) -> None:
    even = a_book(1e8)
    leaning = replace(
        even,
        bid_quantity=floats(even.bid_quantity * (1 + book)),
        ask_quantity=floats(even.ask_quantity * (1 - book)),
    )
    lines = told(a_known_scene(flow=flow, books={"binance": leaning}))
    assert next(each for each in lines if each.startswith("6 ")).endswith(f"; book {said}")
    unread = told(a_known_scene(flow=flow))
    assert next(each for each in unread if each.startswith("6 ")).endswith("; book unknown")


@pytest.mark.parametrize(
    ("leader", "said"),
    [
        (0.03, "; weaker than BTC, +3%"),
        (-0.01, "; stronger than BTC, −1%"),
        (0.024, "; like BTC, +2.4%"),
        (None, "moves compressed"),
    ],
)
def test_a_market_is_held_against_the_leading_one(leader: float | None, said: str) -> None:
    plan = plan_of(a_known_scene(trend=0.02), (), leader)
    lines = plain(tuple(plan_lines(plan, Numbers("en", "UTC")))).splitlines()
    (trend,) = (each for each in lines if each.startswith("2 "))
    assert trend.startswith("2 Trend, 24 h: +2%, ")
    assert trend.endswith(said)


async def test_what_the_leading_market_did_is_asked_for_and_traced() -> None:
    scene = a_known_scene(trend=0.02)
    ether = replace(scene, history=replace(scene.history, base="ETH"))
    desk, markets, _ = a_desk(ether.history, a_known_scene(trend=0.05).history)
    markets.staged = ether

    async def trend(base: str) -> str:
        found = await COMMANDS["plan"].invoke(desk, CALLER, f"{base} full")
        return next(each for each in plain(found.text).splitlines() if each.startswith("2 "))

    assert (await trend("eth")).endswith("; weaker than BTC, +5%")
    assert "BTC +5% = its price" in await traced(desk, "plan eth")
    markets.blind = frozenset({"BTC"})
    assert "BTC" not in await trend("eth")
    markets.staged, markets.blind = scene, frozenset()
    assert "BTC" not in await trend("btc")
