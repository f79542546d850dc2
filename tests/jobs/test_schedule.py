"""What is done again and again."""

import asyncio
import logging
from datetime import timedelta

import pytest

from liqbot.jobs._schedule import Schedule
from tests.waiting import soon

SOON = timedelta(milliseconds=20)


async def test_it_is_done_again_and_again_until_it_is_stopped() -> None:
    done, thrice = list[int](), asyncio.Event()

    async def run() -> None:
        done.append(len(done))
        if len(done) == 3:
            thrice.set()

    async with Schedule() as schedule:
        schedule.every(SOON, run, name="run")
        await soon(thrice.wait())
        schedule.stop("run")
        schedule.stop("run")
        await asyncio.sleep(0.1)
        assert len(done) == 3


async def test_the_first_time_comes_after_a_while() -> None:
    done = asyncio.Event()

    async def run() -> None:
        done.set()

    async with Schedule() as schedule:
        schedule.every(timedelta(hours=1), run, name="late", after=timedelta(hours=1))
        schedule.every(timedelta(hours=1), run, name="soon")
        await soon(done.wait())


async def test_it_is_never_done_beside_itself_and_holds_up_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    running, most, others, enough = 0, 0, 0, asyncio.Event()

    async def slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await enough.wait()
        running -= 1

    async def quick() -> None:
        nonlocal others
        others += 1
        if others == 5:
            enough.set()

    async with Schedule() as schedule:
        schedule.every(SOON, slow, name="slow")
        schedule.every(SOON, quick, name="quick")
        await soon(enough.wait())
    assert most == 1
    assert caplog.records == []  # of the times at which it was busy


async def test_what_fails_is_logged_and_done_again(caplog: pytest.LogCaptureFixture) -> None:
    count, twice = 0, asyncio.Event()

    async def fail() -> None:
        nonlocal count
        count += 1
        if count == 2:
            twice.set()
        raise LookupError("no such thing")

    async with Schedule() as schedule:
        schedule.every(SOON, fail, name="fail")
        await soon(twice.wait())
    assert "LookupError: no such thing" in caplog.text


async def test_what_has_begun_is_finished_before_it_ends() -> None:
    begun, finished = asyncio.Event(), list[str]()

    async def run() -> None:
        begun.set()
        await asyncio.sleep(0.05)
        finished.append("run")

    async with Schedule() as schedule:
        schedule.every(timedelta(hours=1), run, name="run")
        await begun.wait()
    assert finished == ["run"]


@pytest.mark.parametrize(("drain_s", "told"), [(0.05, ["broken off"]), (0.0, [])])
async def test_what_takes_too_long_is_broken_off(
    drain_s: float, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    begun, ended = asyncio.Event(), list[str]()

    async def run() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("run")

    with caplog.at_level(logging.INFO, "liqbot"):
        async with Schedule(drain_s=drain_s) as schedule:
            schedule.every(timedelta(hours=1), run, name="run")
            await begun.wait()
    assert ended == ["run"]
    assert [each.message for each in caplog.records] == told


async def test_after_a_long_time_it_is_done_again() -> None:
    count, again = 0, asyncio.Event()

    async def run() -> None:
        nonlocal count
        count += 1
        if count == 1:
            await asyncio.sleep(SOON.total_seconds() * 5)
        else:
            again.set()

    async with Schedule() as schedule:
        schedule.every(SOON, run, name="run")
        await soon(again.wait())
