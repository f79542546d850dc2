"""/accuracy: how true the map was, and what came of the alerts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from liqbot.alerting.alert import Doubt
from liqbot.alerting.grading import Outcome
from liqbot.alerting.outcome import Kind
from liqbot.chat.message import Message
from liqbot.chat.richtext import length, plain
from liqbot.commands import COMMANDS
from liqbot.desk import Desk
from liqbot.heatmap.model import Model
from liqbot.live.watcher import Watcher
from liqbot.market.units import DAY_MS, HOUR_MS, ms_of
from tests.alerting.levels import a_level, a_pending, an_outcome
from tests.charts.histories import a_history, some_measured
from tests.commands.conversation import words
from tests.fakes.desk import AT, CALLER, FakeStudio, a_desk
from tests.fakes.outcomes import FakeOutcomes

DAY = timedelta(days=1)
PLACE = {
    f"place_{side}_{name}": value
    for side in ("long", "short")
    for name, value in {
        "n": 1412.0,
        "quantile": 0.62,
        "quantile_low": 0.58,
        "quantile_high": 0.66,
        "precision": 0.18,
        "precision_low": 0.1,
        "precision_high": 0.3,
        "distance_only": 0.14,
    }.items()
}
SCORES = {"skill": 0.71, "before": 0.69, "price_only": 0.66, "usual_recipe": 0.41, "hours": 268.0}


def cases(
    count: int, rule: str = "cluster_approach", base: str = "BTC", *, days: float = 1.0
) -> list[Outcome]:
    """Return cases, so many a day before now, two of three of which price got to."""
    found = []
    for i in range(count):
        at_ms = ms_of(AT) - int((1 + i / days) * DAY_MS)
        kind = (Kind.SWEPT, Kind.REJECTED, Kind.IGNORED)[i % 3]
        told = an_outcome(kind, moments=(Kind.REJECTED, Kind.IGNORED), fired_usd=10e6)
        level = a_level(at_ms=at_ms // HOUR_MS * HOUR_MS)
        pending = a_pending(level, name=f"{rule}{base}{i}", rule=rule, base=base)
        found.append(replace(told, pending=pending))
    return found


async def a_graded_desk(
    outcomes: Iterable[Outcome] = (), fits: Iterable[tuple[datetime, Model]] = ()
) -> Desk:
    """Return a desk that remembers what came of alerts, and models of BTC."""
    kept = FakeOutcomes()
    desk, _, _ = a_desk(outcomes=kept)
    for each in outcomes:
        await kept.add(each.pending)
        await kept.finish(each)
    for at, model in fits:
        await desk.models.keep_model("BTC", model, at)
    return desk


async def ask(desk: Desk, line: str = "btc") -> Message:
    return await COMMANDS["accuracy"].invoke(desk, CALLER, line)


async def said(desk: Desk, line: str = "btc") -> list[str]:
    return plain((await ask(desk, f"{line} text")).text).splitlines()


async def test_a_bot_that_has_just_begun_says_so() -> None:
    bare = "BTC: the built-in model, not scored here; a fit takes 168 hours of forced orders and"
    assert await said(await a_graded_desk()) == [
        "BTC: how true it was · 2026-01-07",
        "The map on hours no fit had seen; 1 is perfect, 0 is no skill",
        f"{bare} has to beat it.",
        "",
        "Alerts 30d: 0 cases known",
        "None has run its time yet: levels are watched for 4 h, 72 h or 7 d.",
        "× random: as often as levels as far away at random moments; × mirror: on the other",
        "side of the price. 1 = no skill. In brackets 95% intervals. Not a forecast.",
    ]


async def test_a_map_is_told_beside_its_baselines_and_the_fits_before() -> None:
    new = Model(version="new", scores=SCORES | PLACE, fitted_to_ms=ms_of(AT - 9 * DAY))
    old = Model(version="old", scores={"skill": 0.69}, fitted_to_ms=ms_of(AT - 20 * DAY))
    told = await said(await a_graded_desk(fits=[(AT - 9 * DAY, old), (AT - DAY, new)]))
    others = "the model before 0.69, prices alone 0.66, usual recipe 0.41"
    tenth = "heaviest tenth held 18%, by distance alone 14%"
    assert told[2:6] == [
        f"BTC 0.71 on 268 h ({others}) · fitted 6 Jan",
        f"Place of longs: 0.62 (0.58–0.66; 0.5 is chance) of 1,412 orders; {tenth}",
        f"Place of shorts: 0.62 (0.58–0.66; 0.5 is chance) of 1,412 orders; {tenth}",
        "Before: from 29 Dec skill 0.69, fitted to 18 Dec",
    ]


async def test_no_more_than_three_fits_before_are_told() -> None:
    fits = [(AT - days * DAY, Model(scores={"skill": days / 10})) for days in range(1, 7)]
    told = await said(await a_graded_desk(fits=fits))
    before = [each for each in told if each.startswith("Before")]
    assert before == [f"Before: from {7 - days} Jan skill 0.{days}0" for days in (2, 3, 4)]


async def test_what_came_of_a_rule_is_told_with_intervals_and_over_chance() -> None:
    told = await said(await a_graded_desk(cases(24)))
    at = told.index("Alerts 30d: 24 cases known")
    assert told[at + 1] == "cluster approach 24 cases: price got there 67% (47–82)"
    assert told[at + 2].startswith("× random 1.33 (")
    assert told[at + 2].endswith("· × mirror too little to tell")
    assert told[at + 3] == "swept 33% · turned 33% · stayed away 33%"
    assert told[at + 4] == "Realised in 8 swept: $80.0M of $320M expected"


async def test_of_few_cases_nothing_is_said() -> None:
    told = await said(await a_graded_desk([*cases(7, "thin_book"), *cases(24)]))
    assert "thin book 7 cases: says nothing yet" in told
    assert not any("thin_book" in each and "%" in each for each in told)
    assert "cluster approach 1 case: says nothing yet" in await said(await a_graded_desk(cases(1)))


async def test_of_few_days_no_lift_is_told() -> None:
    told = await said(await a_graded_desk(cases(30, days=10.0)))
    assert "× random too little to tell · × mirror too little to tell" in told


@pytest.mark.parametrize(("line", "count"), [("btc 7d", 6), ("btc", 24), ("eth 90d", 0)])
async def test_only_what_was_asked_for_counts(line: str, count: int) -> None:
    told = await said(await a_graded_desk(cases(24)), line)
    assert any(f": {count} cases known" in each for each in told)


async def test_all_markets_are_told_together() -> None:
    desk = await a_graded_desk(
        [*cases(12), *cases(12, base="ETH")], [(AT - DAY, Model(scores=SCORES))]
    )
    told = await said(desk, "")
    assert told[0] == "All markets: how true it was · 2026-01-07"
    assert told[2].startswith("BTC 0.71 on 268 h")
    assert told[3].startswith("ETH: the built-in model")
    assert "Alerts 30d: 24 cases known" in told


@pytest.mark.parametrize(("is_muted", "how"), [(True, "muted"), (False, "told as unproven")])
async def test_what_is_muted_is_told_and_why(is_muted: bool, how: str) -> None:
    desk = await a_graded_desk()
    assert isinstance(desk.alerts, Watcher)
    doubts = {("thin_book", "ETH"): Doubt(34, 0.7), ("thin_book", "BTC"): Doubt(31, 0.62)}
    desk.alerts.terms = replace(desk.alerts.terms, unproven=doubts, mute_unproven=is_muted)
    told = await said(desk)
    assert f"thin book on BTC {how}: × 0.62 in 31 cases" in told
    assert not any("ETH" in each for each in told)


async def test_what_is_simulated_says_so_and_what_was_not_seen_is_counted() -> None:
    pending = a_pending(a_level(at_ms=ms_of(AT) - DAY_MS), simulated=True)
    unknown = replace(an_outcome(Kind.UNKNOWN), pending=pending)
    told = await said(await a_graded_desk([unknown]))
    assert "Alerts SIMULATED · 30d: 0 cases known, 1 more unseen" in told


async def test_the_other_ranges_are_a_button_away() -> None:
    desk = await a_graded_desk()
    found = await ask(desk)
    assert found.in_place
    assert words(found) == [
        "accuracy BTC 7d",
        "accuracy BTC 90d",
        "accuracy BTC 30d",
        "why accuracy BTC 30d",
    ]
    assert words(await ask(desk, ""))[0] == "accuracy 7d"


@pytest.mark.parametrize("line", ["btc 5d", "range=soon"])
async def test_another_range_is_refused(line: str) -> None:
    assert (await said(await a_graded_desk(), line))[0].startswith("There is no range “")


async def test_much_is_cut_by_whole_lines() -> None:
    rules = [f"cluster_approach_{i}" for i in range(30)]
    desk = await a_graded_desk(each for rule in rules for each in cases(21, rule))
    for line, most in (("btc text", 2000), ("btc", 1024)):
        found = await ask(desk, line)
        assert length(found.text) <= most
        assert "more lines left out" in plain(found.text)
        assert plain(found.text).endswith("Not a forecast.")


async def test_where_there_is_something_to_draw_it_is_drawn_and_the_text_is_a_button_away() -> None:
    desk = await a_graded_desk(cases(24), [(AT - DAY, Model(scores=SCORES))])
    desk = replace(desk, studio=FakeStudio(draws=True))
    found = await ask(desk, "btc 7d")
    assert found.picture is not None
    assert found.picture.name == "btc-accuracy-2026-01-07.png"
    assert found.picture.content.startswith(b"\x89PNG")
    assert "BTC 0.71 (prices alone 0.66, usual recipe 0.41, model before 0.69)." in (
        found.picture.alt
    )
    assert "cluster approach: 30d 67% of 24, at random 50%; 90d" in found.picture.alt
    assert words(found)[-2:] == ["accuracy BTC 7d text", "why accuracy BTC 7d"]
    told = await ask(desk, "btc 7d text")
    assert told.picture is None
    assert words(told) == [
        "accuracy BTC 30d text",
        "accuracy BTC 90d text",
        "accuracy BTC 7d text",
        "accuracy BTC 7d",
        "why accuracy BTC 7d",
    ]


async def test_where_there_is_nothing_to_draw_or_no_time_the_text_comes_alone() -> None:
    desk = await a_graded_desk(cases(7))
    assert (await ask(desk)).picture is None
    busy = replace(await a_graded_desk(cases(24)), studio=FakeStudio(is_busy=True))
    found = await ask(busy)
    assert found.picture is None
    assert "cluster approach 24 cases" in plain(found.text)


async def test_positions_that_are_known_are_held_against_the_map_in_a_line() -> None:
    desk, *_ = a_desk(replace(a_history(), measured=some_measured()), a_history(base="ETH"))
    [line] = [each for each in await said(desk) if each.startswith("Measured")]
    assert line.startswith("Measured 12 positions (as telling as 5 alike): 3.0% from the price")
    assert line.endswith("Who is asked is no sample of the market.")
    for other in ("eth", ""):
        assert not any(each.startswith("Measured") for each in await said(desk, other))


async def test_a_market_that_cannot_be_seen_has_its_past_told_all_the_same() -> None:
    desk, *_ = a_desk(replace(a_history(), measured=some_measured()), blind=["BTC"])
    lines = await said(desk)
    assert not any(each.startswith("Measured") for each in lines)
    assert lines[0].startswith("BTC: how true it was")
