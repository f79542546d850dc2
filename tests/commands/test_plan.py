"""/plan: conditions, what ends them, and where every number comes from."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liqbot.alerting.grading import Outcome
from liqbot.alerting.outcome import Kind
from liqbot.alerting.score import Axis, Row
from liqbot.chat.message import Message
from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.desk import Desk
from liqbot.errors import StorageError
from liqbot.market.calendar import Event
from liqbot.market.norms import UNKNOWN
from liqbot.market.units import Side, Usd
from liqbot.planning.past import ENOUGH
from liqbot.rules.rule import Scene
from tests.commands.conversation import words
from tests.commands.tracing import traced
from tests.fakes.desk import CALLER, a_desk
from tests.fakes.outcomes import FakeOutcomes
from tests.planning.scenes import ALL, A, B, a_known_scene
from tests.planning.test_past import cases
from tests.rules.scenes import a_long, a_scene
from tests.rules.test_thin_book import a_book

SCREEN = 1000  # characters that a phone shows at once
SATURDAY = datetime(2026, 1, 10, 12, tzinfo=UTC)
MOVING = {"interest": 0.05, "funding": 3e-4, "flow": 0.2, "volume": 1.8, "trend": 0.02}


async def a_plan_desk(scene: Scene, *outcomes: Outcome, **changes: Any) -> Desk:  # noqa: ANN401
    """Return a desk that looks at a scene, and knows what came of alerts."""
    kept = FakeOutcomes()
    for each in outcomes:
        await kept.add(each.pending)
        await kept.finish(each)
    desk, markets, _ = a_desk(scene.history, outcomes=kept, **changes)
    markets.staged = scene
    return desk


async def ask(line: str = "btc full", scene: Scene | None = None, *outcomes: Outcome) -> Message:
    desk = await a_plan_desk(scene or a_known_scene(), *outcomes)
    return await COMMANDS["plan"].invoke(desk, CALLER, line)


async def said(line: str = "btc full", scene: Scene | None = None, *outcomes: Outcome) -> list[str]:
    return plain((await ask(line, scene, *outcomes)).text).splitlines()


async def test_the_first_screen_says_where_when_on_what_condition_and_what_ends_it() -> None:
    found = await ask("btc")
    assert length(found.text) <= SCREEN
    assert plain(found.text).splitlines()[4:] == [
        "A ▲ 65,975–66,305 +1.5% · $40.0M → $30.0M of shorts · grade B · score 0 of 5",
        (
            "Alert 65,322. If price comes to 65,645–65,777 and forced orders grow: far edge 66,305."
            " Off if a candle closes below 63,323, for a turn there above 66,703."
        ),
        "B ▼ 63,705–64,025 −1.5% · $40.0M → $30.0M of longs · grade B · score 0 of 5",
        (
            "Alert 64,672. If price comes to 64,345–64,217 and forced orders grow: far edge 63,705."
            " Off if a candle closes above 66,703, for a turn there below 63,323."
        ),
        "C ▲ 67,600–67,938 $60.0M, alert 66,931 · C ▼ 62,088–62,400 $60.0M, alert 63,030",
        "Bull: if a candle closes above 66,305, next C 67,600–67,938.",
        "Bear: if a candle closes below 63,705, next C 62,088–62,400.",
        "Map grade B. Score: what is for a zone less what is against it; no probability.",
        "If price went there, about so much would be force-closed: modelled → expected.",
        "Modelled, not measured. Not a forecast. Not advice.",
    ]
    assert {"plan BTC 24h full", "why plan BTC 24h"} <= set(words(found))


async def test_the_first_screen_warns_of_a_weekend_and_a_release_and_of_what_is_not_there() -> None:
    scene = a_known_scene(A)
    event = Event(at=SATURDAY + timedelta(hours=3), name="FOMC")
    history = replace(scene.history, at=SATURDAY)
    told = await said("btc", replace(scene, history=history, events=(event,)))
    assert told[5] == "Weekend: clusters may hold half as much · FOMC in 3 h: read it after"
    assert "far edge 66,305. A turn there is off above 67," in told[7]
    assert "Bear: no zone below." in told
    assert "Bull: if a candle closes above 66,305, nothing more on the map." in told
    here = await said("btc", a_known_scene(replace(A, distance=0.0), B))
    assert here[5].startswith("Price is in it; far edge 66,305. Off if a candle closes below")


async def test_all_of_it_says_the_same_in_full() -> None:
    assert (await said())[:12] == [
        "BTC plan · 24h",
        "65,000  +0.0% in 24 h",
        "ESTIMATE · Binance+Bybit+OKX",
        "2026-01-07 02:00 UTC · data 12 s old",
        "A ▲ 65,975–66,305 +1.5% · $40.0M → $30.0M of shorts · grade B",
        "Alert at 65,322, 1% before its edge.",
        (
            "If price comes to 65,645–65,777 (0.5–0.3% before it) and forced orders of shorts grow,"
            " then about $30.0M of shorts would be force-closed on the way to its far edge, 66,305."
        ),
        (
            "Off if a candle closes below 63,323, clear of the other side's zone."
            " For a turn there instead: off above 66,703."
        ),
        "B ▼ 63,705–64,025 −1.5% · $40.0M → $30.0M of longs · grade B",
        "Alert at 64,672, 1% before its edge.",
        (
            "If price comes to 64,345–64,217 (0.5–0.3% before it) and forced orders of longs grow,"
            " then about $30.0M of longs would be force-closed on the way to its far edge, 63,705."
        ),
        (
            "Off if a candle closes above 66,703, clear of the other side's zone."
            " For a turn there instead: off below 63,323."
        ),
    ]


async def test_the_larger_zones_beyond_and_both_scenarios_follow() -> None:
    told = await said()
    assert [each[:3] for each in told[12:14]] == ["C ▲", "C ▼"]
    bull, bear = (next(each for each in told if each.startswith(name)) for name in ("Bull", "Bear"))
    assert "If a candle closes above 66,305, through A, the next cluster is C, 67,600" in bull
    assert "if price taps B and closes back above 64,025" in bull
    assert "If a candle closes below 63,705, through B, the next cluster is C, 62,088" in bear


async def test_the_seven_inputs_stand_together() -> None:
    told = await said(scene=a_known_scene(**MOVING))
    first = told.index("Seven inputs") + 1
    assert told[first : first + 7] == [
        "1 Clusters: A +1.5%, B −1.5%. Longs heavier below: 2.4 to 1 within 5%.",
        "2 Trend, 24 h: +2%, moves compressed",
        "3 Open interest: 0% in 1 h, +5% in 24 h",
        "4 Funding: +0.03%, every 1 h, above 99% of 30 days",
        "5 Support 63,725, resistance none",
        "6 Volume, 1 h: 174% of usual; taker flow +20%; book unknown",
        "7 Catalysts: no calendar is given",
    ]


async def test_what_is_unknown_is_said_to_be() -> None:
    told = "\n".join(await said(scene=a_scene(*ALL)))
    assert "4 Funding: unknown" in told
    assert "taker flow unknown; book unknown" in told


async def test_every_part_of_the_score_is_shown() -> None:
    told = await said(scene=a_known_scene(**MOVING))
    assert (
        "A ▲ +3 of 5 open interest + · funding − · taker flow + · book before it, to expected ?"
        " · trend + · volume + · level on the chart ? · scheduled release ?"
    ).replace("book before it, to expected", "book before it") in told
    weaker = await said(scene=a_known_scene(interest=-0.05, funding=3e-4))
    assert any(each.startswith("A ▲ −2 of 5 ") for each in weaker)
    assert any(each.startswith("B ▼ +1 of ") for each in weaker) is False


async def test_without_a_case_that_is_said() -> None:
    told = await said()
    first = told.index("Likely reaction as this bot's alerts of 90 d came out")
    assert told[first + 1 : first + 3] == ["A no cases yet", "B no cases yet"]


async def test_of_enough_cases_the_frequencies_are_told_with_n_and_interval() -> None:
    outcomes = [*cases(25), *cases(12, Kind.IGNORED), *cases(3, side=Side.SHORT)]
    told = await said("btc full", None, *outcomes)
    assert "A n = 3, shorts within 2%: too few to tell" in told
    assert (
        "B n = 37, longs within 2%: most often tap-and-reject; tap-and-reject 68% (51–80),"
        " ignored 32% (20–49), front-run 0% (0–9), tap-and-continue 0% (0–9)"
    ) in told


async def test_a_simulated_past_says_so() -> None:
    told = await said("btc full", None, *cases(ENOUGH, simulated=True))
    assert any(each.startswith(f"B SIMULATED, n = {ENOUGH}") for each in told)


async def test_where_outcomes_cannot_be_read_the_rest_is_told() -> None:
    class Broken:
        async def rows(
            self, bases: Collection[str], span: timedelta, by: Collection[Axis] = ()
        ) -> tuple[Row, ...]:
            raise StorageError("the database is away")

    desk = replace(await a_plan_desk(a_known_scene()), scores=Broken())
    told = plain((await COMMANDS["plan"].invoke(desk, CALLER, "btc full")).text)
    assert "Likely reaction: what came of alerts cannot be read now" in told
    assert "A ▲" in told


async def test_flow_trend_and_volume_lean_and_say_that_nobody_measured_it() -> None:
    told = await said(scene=a_known_scene(**MOVING))
    lean = "Now flow, trend and volume lean to {}: a rule of thumb, unmeasured."
    first = told.index("A no cases yet")
    assert told[first + 1] == lean.format("continuation")


async def test_a_weekend_and_a_release_are_warned_of_first() -> None:
    scene = a_known_scene()
    history = replace(scene.history, at=SATURDAY)
    event = Event(at=SATURDAY + timedelta(hours=3), name="FOMC")
    norms = replace(UNKNOWN, weekend=0.7)
    told = await said(scene=replace(scene, history=history, events=(event,), norms=norms))
    assert told[4] == "MACRO < 4 h · WEEKEND"
    assert told[5].startswith("Weekend: clusters count 70% of a weekday's and what ends an idea")
    assert told[6].startswith("FOMC in 3 h: grades are one lower, and a cascade can run far")
    assert "grade C" in told[7]
    assert "7 Catalysts: FOMC in 3 h" in told
    assert "Off if a candle closes below 63,004" in "\n".join(told)


async def test_a_calendar_without_a_release_near_says_so() -> None:
    scene = a_known_scene()
    event = Event(at=scene.history.at + timedelta(days=2), name="CPI")
    assert "7 Catalysts: none scheduled within 4 h" in await said(
        scene=replace(scene, events=(event,))
    )


async def test_the_grade_is_told_with_its_reasons() -> None:
    lone = replace(A, venues={"okx": Usd(40e6), "bybit": Usd(1e6)}, persistence=0.1, grade="C")
    told = await said(scene=a_known_scene(B, lone))
    points = "traded 0/2, venues 2/2, spread 2/2, books 0/2, past 2/2"
    assert f"Map grade B: {points}" in told
    assert "A ▲ grade C: itself C, transient, 1 venue" in told
    assert any(each.startswith("A ▲") and each.endswith("OKX alone") for each in told)


async def test_a_zone_that_price_is_in_promises_nothing_more() -> None:
    told = await said(scene=a_known_scene(replace(A, distance=0.0), B))
    assert told[5].startswith("Price is in it: while it goes on to 66,305, about $30.0M of shorts")


async def test_one_side_alone_is_planned_for_too() -> None:
    told = "\n".join(await said(scene=a_known_scene(A)))
    assert "No zone on the other side would end it." in told
    assert "Bear: if price taps A and closes back below 65,975, that is a turn." in told
    assert "No zone stands below." in told
    assert "the map shows nothing more behind it" in told


async def test_nothing_to_plan_for_is_said() -> None:
    told = await said(scene=a_known_scene(a_long(-0.2, zone=None)))
    assert "No cluster stands out, so there is nothing to plan for." in told


@pytest.mark.parametrize("changes", [{"warm": False}, {"data_age_s": 900.0}])
async def test_of_a_blind_map_no_plan_is_made(changes: dict[str, Any]) -> None:
    scene = a_known_scene(**changes)
    assert scene.blind is not None
    found = await ask("btc", scene)
    assert f"No plan is made now: {scene.blind.reason}." in plain(found.text)
    assert words(found) == ["plan BTC 24h", "/status"]
    assert "Alert at" not in plain(found.text)


async def test_one_venue_and_another_range_are_asked_for_and_kept_by_the_buttons() -> None:
    desk, markets, _ = a_desk()
    found = await COMMANDS["plan"].invoke(desk, CALLER, "okx 3d btc")
    assert markets.asked[-1][0].venue == "okx"
    assert markets.asked[-1][1] == timedelta(days=3)
    assert plain(found.text).startswith("BTC plan · 3d")
    asked = {"plan BTC 3d okx full", "plan BTC 3d okx", "why plan BTC 3d okx"}
    assert asked <= set(words(found))
    assert found.in_place


async def test_where_from_names_venue_value_and_age_of_every_input() -> None:
    scene = a_known_scene(books={"binance": a_book(1e6, age_s=2.0)}, **MOVING)
    desk = await a_plan_desk(scene, *cases(3))
    told = (await traced(desk, "plan btc")).splitlines()
    for line in (
        "price Binance 65,000, 4 s old",
        "open interest Binance $21.7M; Bybit $21.7M; OKX $21.7M, 0 s old",
        "funding Binance 0.03% the newest of 50 rates, 0 s old",
        "order book Binance $2.00M within 1% of its middle 2 s old; Bybit unknown; OKX unknown",
        "usual day $100M liquidated, modelled",
        "calendar the operator gave none",
        "Reaction: 3 of this bot's own alerts, graded later: tap-and-reject 3 100% (44–100)",
        (
            "Score +4 of 6: + open interest, taker flow, book before it, trend, volume; − funding;"
            " ? level on the chart, scheduled release"
        ),
    ):
        assert line in told


async def test_every_plan_ends_with_its_discipline_and_when_to_read_it_again() -> None:
    assert (await said())[-4:] == [
        "What ends an idea comes before how one comes in; no layer carries it alone.",
        "Read it again after a break, a sharp change of open interest or a release.",
        "If price went there, about so much would be force-closed: modelled → expected.",
        "Modelled, not measured. Not a forecast. Not advice.",
    ]
