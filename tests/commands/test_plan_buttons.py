"""What /plan offers to press, and that all of it fits and promises nothing."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liqbot.alerting.looking import demand, sights
from liqbot.alerting.outcome import Kind
from liqbot.alerting.phrasing import parse
from liqbot.chat.message import LONGEST_WORDS
from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.market.calendar import Event
from liqbot.market.instrument import MarketQuery
from liqbot.market.norms import UNKNOWN
from liqbot.market.units import Usd
from liqbot.planning.past import ENOUGH
from liqbot.planning.plan import plan_of
from liqbot.platforms._discord.dressing import DESCRIPTION
from liqbot.platforms._discord.markdown import markdown
from liqbot.platforms._telegram.dressing import TEXT, dressed
from liqbot.rules.rule import Blind, Scene
from tests.charts.histories import a_history
from tests.commands.conversation import words
from tests.commands.test_plan import a_plan_desk, ask
from tests.fakes.desk import CALLER
from tests.planning.scenes import A, B, a_known_scene
from tests.planning.test_past import cases
from tests.planning.test_plan import seen_from

PROMISES = re.compile(
    r"target|will |guarantee|certain|should (buy|sell)|\b(buy|sell)\b|magnet", re.IGNORECASE
)
SATURDAY = datetime(2026, 1, 10, 12, tzinfo=UTC)


async def test_the_buttons_subscribe_to_the_levels_of_the_plan() -> None:
    found = words(await ask("btc"))
    assert found[:3] == [
        "/subscribe BTC near 1% short",
        "/subscribe BTC near 1% long",
        "/subscribe BTC cascade",
    ]
    desk = await a_plan_desk(a_known_scene())
    for each in found[:3]:
        line = each.removeprefix("/subscribe ")
        answer = await COMMANDS["subscribe"].invoke(desk, CALLER, line)
        assert plain(answer.text).startswith("#")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"grade": "C"}, "BTC near 1% short grade C"),
        ({"expected_usd": 8e6}, "BTC near 1% short $4M"),
        ({"venues": {"okx": Usd(40e6)}}, "BTC near 1% short single venue"),
        (
            {"venues": {"okx": 40e6}, "expected_usd": 8e6, "grade": "D"},
            "BTC near 1% short $4M grade D single venue",
        ),
    ],
)
async def test_what_a_button_subscribes_to_is_told_at_the_alert_level(
    changes: dict[str, Any], wanted: str
) -> None:
    scene = a_known_scene(replace(A, **changes), B)
    desk = await a_plan_desk(scene)
    message = await COMMANDS["plan"].invoke(desk, CALLER, "btc")
    assert words(message)[0] == f"/subscribe {wanted}"
    terms = desk.alerts.terms
    wish = parse(wanted, terms.rules, terms.settings, ["BTC"])
    rule, zone = terms.rules[wish.rule], plan_of(scene, ()).zones[0]
    for beyond, told in ((1e-9, True), (-1e-4, False)):
        there = seen_from(scene, zone.alert * (1 + beyond))
        found = rule.judge(there, rule.settings(min_share=0.0))
        assert not isinstance(found, Blind)
        seen = sights(found, demand(wish), terms.settings[wish.rule], terms.venues)
        assert any(each.sight.entered for each in seen.values()) is told


async def test_a_rule_that_does_not_run_is_not_offered() -> None:
    desk = await a_plan_desk(a_known_scene())
    assert hasattr(desk.alerts, "terms")
    desk.alerts.terms = replace(desk.alerts.terms, rules={})  # type: ignore[misc]  # a fake's
    found = await COMMANDS["plan"].invoke(desk, CALLER, "btc")
    assert not any(each.startswith("/subscribe") for each in words(found))


@settings(max_examples=25)
@given(
    base=st.sampled_from(["BTC", "1000000MOG", "币安人生", "_*~`"]),
    price=st.floats(1e-6, 1e6),
    usd=st.floats(1e3, 9e11),
    part=st.sampled_from(["brief", "full"]),
    venues=st.integers(1, 8),
    weekend=st.booleans(),
)
async def test_a_plan_is_told_whole_and_promises_nothing(
    base: str, price: float, usd: float, part: str, venues: int, *, weekend: bool
) -> None:
    names = ("binance", "bybit", "okx", "hyperliquid", "bitget", "gate", "dydx", "deribit")
    history = a_history(base=base, price=price, usd=usd, venues=names[:venues], bars=300)
    history = replace(history, at=SATURDAY if weekend else history.at)
    event = Event(at=history.at + timedelta(hours=1), name="US consumer prices")
    scene = Scene(history=history, events=(event,), norms=replace(UNKNOWN, weekend=0.7))
    past = [*cases(ENOUGH, base=base), *cases(9, Kind.SWEPT, base=base)]
    desk = await a_plan_desk(scene, *past)
    command = COMMANDS["plan"]
    asked = command.arguments(market=MarketQuery(base), part=part)
    found = await command.run(desk, CALLER, asked)
    told = plain(found.text)
    assert "left out" not in told
    assert length(found.text) <= 4000
    assert len(markdown(found.text, DESCRIPTION)) <= DESCRIPTION
    assert "left out" not in markdown(found.text, DESCRIPTION)
    assert "left out" not in dressed(found.text, TEXT)
    assert not PROMISES.search(told)
    assert "Not a forecast. Not advice." in told
    assert all(len(each.encode()) <= LONGEST_WORDS for each in words(found))
