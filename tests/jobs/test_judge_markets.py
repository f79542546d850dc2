"""The markets are judged by themselves, again and again."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from liqbot.jobs import JOBS
from liqbot.jobs.judge_markets import Settings
from liqbot.live.watcher import Watcher
from liqbot.rules.rule import Scene
from tests.alerting.stage import START, TERMS, a_subscription
from tests.fakes.ledger import a_ledger
from tests.fakes.workshop import FakeWorkshop
from tests.rules.scenes import a_long, a_scene
from tests.waiting import until

SOON = Settings(every=timedelta(milliseconds=10))


async def seen(_: datetime) -> Mapping[str, Scene]:
    return {"BTC": a_scene(a_long(-0.015))}


async def test_what_users_want_and_what_is_seen_is_owed() -> None:
    hall = FakeWorkshop(at=START)
    ledger = a_ledger()
    watcher = Watcher(hall.clock, ledger, TERMS, seen)
    async with JOBS["judge_markets"].open(replace(hall.shop, watcher=watcher), SOON):
        await ledger.subscriptions.add(a_subscription(number=0), {})
        posts = await until(lambda: ledger.outbox.claim_due(START + timedelta(minutes=1), 10))
    assert len(posts) == 1


async def test_where_nobody_is_told_nothing_is_judged() -> None:
    async with JOBS["judge_markets"].open(FakeWorkshop().shop, SOON):
        await asyncio.sleep(0.03)
