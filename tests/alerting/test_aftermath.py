"""What came of a level is told twice to those who were told of it, and to nobody else."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from liqbot.alerting.aftermath import aftermath, standing_alert, swept
from liqbot.alerting.alert import News
from liqbot.alerting.delivery import State
from liqbot.alerting.quiet import Mode, Mute, QuietHours
from liqbot.alerting.roster import Changes, Roster
from liqbot.alerting.subscription import Recipient
from liqbot.errors import DeliveryRefused
from liqbot.heatmap.tracks import Kind
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, MINUTE_MS, Side, moment_of
from liqbot.rules.rule import Scene
from tests.alerting.stage import CHAT, Stage, look, near
from tests.builders import a_liquidation
from tests.rules.scenes import AT_MS, a_scene, gone

MINUTE = timedelta(minutes=1)
SWEPT_AT = moment_of(AT_MS)
TOLD_AT = SWEPT_AT - timedelta(minutes=4)
LOW, HIGH = 64_000.0, 64_500.0


def a_swept_scene(*, kind: Kind = Kind.SWEPT, base: str = "BTC", **scene: Any) -> Scene:  # noqa: ANN401
    """Return a market whose cluster L-9 just went; $6M of longs were forced out, $1M of shorts."""
    whole = {"tapes": {"binance": 0.4, "bybit": 1.0, "okx": None}} | scene
    before = a_scene(events=[gone(kind, Side.LONG, LOW, HIGH, ago=0)], base=base, scene=whole)
    at_ms = AT_MS - MINUTE_MS
    history = before.history
    candles = history.candles
    price = candles.close.copy()
    price[:] = 70_000.0
    price[-1] = 64_200.0
    moved = replace(candles, open=price, high=price, low=price, close=price)
    prints = [
        a_liquidation(at_ms=at_ms, price=60_000.0, quantity=100.0),
        a_liquidation(Side.SHORT, at_ms=at_ms, price=50_000.0, quantity=20.0),
        a_liquidation(at_ms=AT_MS - DAY_MS // 2, price=50_000.0, quantity=7.0),
    ]
    return replace(before, history=replace(history, candles=moved, tape=Tape.of(prints)))


async def a_stage(recipient: Recipient | None = None, **changes: Any) -> Stage:  # noqa: ANN401
    """Return a bot that has told of the cluster, and sees it no more."""
    stage = Stage(at=TOLD_AT - MINUTE)
    await stage.subscribe(**changes)
    await stage.stay(look(near(0.018, cluster="L-9")), lasting=2 * MINUTE)
    if recipient is not None:
        await stage.prefer(recipient)
    return stage


async def after(stage: Stage, minutes: float, scene: Scene | None = None) -> Changes:
    """Do what the watcher does so long after the sweep."""
    scenes = {"BTC": scene or a_swept_scene()}
    at = SWEPT_AT + minutes * MINUTE
    due = swept(stage.roster, scenes, at)
    told = {each: await stage.ledger.deliveries.about(each.alert_id) for each in due}
    changes = aftermath(stage.roster, told, scenes, at)
    await stage.ledger.watch.settle(changes)
    stage.roster.apply(changes)
    await stage.deliver(at)
    return changes


def outcomes(stage: Stage) -> list[str]:
    return [each for each in stage.texts if "after price went through" in each]


async def test_what_was_realised_is_told_beside_what_was_expected() -> None:
    stage = await a_stage()
    await after(stage, 3)
    [said] = outcomes(stage)
    assert said == (
        "BTC · 3 min after price went through 64,000 to 64,500: realised $6.00M, expected $40.0M"
        " ($53.3M modelled). Realised is what these venues tell of their forced orders: Binance"
        " about 40%, Bybit all, OKX an unknown share."
    )
    [button] = stage.sent[-1][2].buttons[0]
    [alert_id] = {each.alert_id for each in stage.posts[0].deliveries}
    assert button.words == f"why {alert_id}"


async def test_it_is_told_twice_whoever_looks_how_often_and_starts_again() -> None:
    stage = await a_stage()
    for minutes in (1.0, 2.9, 3.0, 3.5, 8.0, 14.9, 15.0, 15.5, 30.0, 60.0, 61.0):
        await after(stage, minutes)
        await stage.restart()
    assert [each[6:12] for each in outcomes(stage)] == ["3 min ", "15 min"]


async def test_after_a_long_silence_only_the_later_is_told_and_after_an_hour_nothing() -> None:
    stage = await a_stage()
    await after(stage, 40)
    assert [each[6:12] for each in outcomes(stage)] == ["15 min"]
    late = await a_stage()
    await after(late, 61)
    assert outcomes(late) == []


@pytest.mark.parametrize("kind", [Kind.FADED, Kind.MIGRATED, Kind.MERGED])
async def test_what_ended_otherwise_has_no_aftermath(kind: Kind) -> None:
    stage = await a_stage()
    await after(stage, 3, a_swept_scene(kind=kind))
    assert outcomes(stage) == []


async def test_who_was_not_told_hears_nothing() -> None:
    stage = Stage(at=TOLD_AT - MINUTE)
    await stage.subscribe(looks=[look(near(0.018, cluster="L-9"))])
    await stage.stay(look(near(0.018, cluster="L-9")), lasting=2 * MINUTE)
    assert swept(stage.roster, {"BTC": a_swept_scene()}, SWEPT_AT + 3 * MINUTE)
    await after(stage, 3)
    assert stage.sent == []


async def test_whose_message_is_gone_hears_nothing_more() -> None:
    stage = await a_stage()
    stage.troubles = [DeliveryRefused("the message was deleted")]
    await stage.stay(look(near(0.01, cluster="L-9")), lasting=MINUTE)
    assert stage.troubles == []
    await after(stage, 3)
    assert outcomes(stage) == []


async def test_an_episode_after_the_sweep_is_another_story() -> None:
    stage = await a_stage()
    early = a_swept_scene()
    moment = SWEPT_AT - timedelta(minutes=20)
    [event] = early.history.tracking.events
    tracking = replace(
        early.history.tracking, events=(replace(event, at_ms=AT_MS - 20 * MINUTE_MS),)
    )
    lookback = replace(early.history.lookback, now=tracking)
    scene = replace(early, history=replace(early.history, lookback=lookback))
    assert swept(stage.roster, {"BTC": scene}, moment + 20 * MINUTE) == set()


@pytest.mark.parametrize(
    "recipient",
    [
        Recipient(chat=CHAT, disabled="blocked"),
        Recipient(chat=CHAT, mutes=(Mute("BTC", SWEPT_AT + timedelta(hours=1)),)),
    ],
)
async def test_who_wants_to_hear_nothing_does_not(recipient: Recipient) -> None:
    stage = await a_stage(recipient)
    assert (await after(stage, 3)).is_empty


async def test_a_paused_subscription_and_one_that_is_over_tell_nothing() -> None:
    stage = await a_stage()
    [one] = stage.roster.subscriptions.values()
    stage.roster.put([replace(one, paused="told too much")])
    assert (await after(stage, 3)).is_empty
    due = swept(stage.roster, {"BTC": a_swept_scene()}, SWEPT_AT + 3 * MINUTE)
    deliveries = await stage.ledger.deliveries.about(stage.posts[0].deliveries[0].alert_id)
    told = dict.fromkeys(due, deliveries)
    assert aftermath(Roster(), told, {"BTC": a_swept_scene()}, SWEPT_AT).is_empty


async def test_where_no_forced_orders_are_heard_nothing_is_compared() -> None:
    stage = await a_stage()
    assert (await after(stage, 3, a_swept_scene(tapes={}))).is_empty


def quiet(mode: Mode) -> Recipient:
    hours = QuietHours(zone="UTC", start=time(2), end=time(3), mode=mode)
    return Recipient(chat=CHAT, quiet=hours)


@pytest.mark.parametrize("mode", list(Mode))
async def test_quiet_hours_hold_hush_or_drop_it(mode: Mode) -> None:
    assert SWEPT_AT.hour == 2
    stage = await a_stage(quiet(mode))
    await after(stage, 3)
    assert len(outcomes(stage)) == (1 if mode is Mode.SILENT else 0)
    if mode is Mode.SILENT:
        assert stage.posts[-1].silent
    await stage.deliver(SWEPT_AT.replace(hour=3))
    assert len(outcomes(stage)) == (0 if mode is Mode.DROP else 1)


async def test_beyond_the_cap_it_waits_for_the_digest() -> None:
    stage = await a_stage(Recipient(chat=CHAT, cap=1))
    await after(stage, 3)
    assert outcomes(stage) == []
    await stage.deliver(SWEPT_AT + timedelta(hours=1))
    assert len(outcomes(stage)) == 1


async def test_a_message_that_arrived_stands_until_one_is_refused() -> None:
    stage = await a_stage()
    made = await stage.ledger.deliveries.about(stage.posts[0].deliveries[0].alert_id)
    [sent] = made
    assert standing_alert(made) == sent.alert
    refused = replace(sent, id="2", news=News.CHANGED, state=State.REFUSED)
    for each in ([], [replace(sent, state=State.OWED)], [sent, refused]):
        assert standing_alert(each) is None
