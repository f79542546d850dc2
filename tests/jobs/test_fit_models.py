"""Models are fitted anew each night, and the better ones kept."""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from liqbot.errors import StorageError
from liqbot.heatmap.model import Model
from liqbot.jobs import JOBS
from liqbot.jobs import fit_models as job
from liqbot.jobs.fit_models import Fitting, Settings
from liqbot.market.units import DAY_MS, moment_of
from tests.builders import START_MS
from tests.calibration.test_refit import DAYS, TRUE, realising
from tests.fakes.models import FakeModels
from tests.fakes.workshop import FakeWorkshop
from tests.walks import QUICK

NIGHT = moment_of(START_MS + DAYS * DAY_MS) + timedelta(minutes=30)
FITTED = replace(QUICK, version="BTC 2026-01-01 00:00", fitted_to_ms=START_MS)


class Hall(FakeWorkshop):
    """A workshop in the evening, whose archive holds three weeks of forced orders."""

    def __init__(self) -> None:
        seen = realising(TRUE)
        super().__init__(
            bases=("BTC",),
            venues=("binance",),
            at=NIGHT - timedelta(hours=1),
            truth={seen.instrument: seen},
        )
        self.models = FakeModels()
        self.shop = replace(self.shop, models=self.models)
        self.markets.watch([seen.instrument])
        self.told = seen

    async def fill(self) -> None:
        await self.shop.archive.keep(self.told)
        self.markets.see(self.told)

    def fitting(self, threads: ThreadPoolExecutor) -> Fitting:
        return Fitting(self.shop, self.models, Settings(), threads)

    async def kept(self) -> Model | None:
        return await self.models.newest_model("BTC", self.clock.now())


@pytest.fixture(scope="module")
def threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1)


async def test_once_a_night_a_better_model_is_kept_and_gone_by(threads: ThreadPoolExecutor) -> None:
    hall = Hall()
    await hall.fill()
    fitting = hall.fitting(threads)
    await fitting.fit()
    hall.clock.at = NIGHT - timedelta(seconds=1)
    await fitting.fit()
    assert await hall.kept() is None
    hall.clock.at = NIGHT
    await fitting.fit()
    model = await hall.kept()
    assert model is not None
    assert hall.markets.models.of("BTC") == model
    assert model.scores["skill"] > 0.9
    assert "BTC fitted to 2026-01-" in hall.markets.status().model
    history = hall.markets.newest("BTC")
    assert history is not None
    assert history.model == model
    hall.clock.step(timedelta(hours=20))
    await fitting.fit()
    assert await hall.kept() == model


async def test_the_model_before_stays_where_it_is_better(
    threads: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    hall = Hall()
    await hall.fill()
    fitting = hall.fitting(threads)
    hall.markets.models.take("BTC", replace(TRUE, version="the truth"))
    hall.clock.at = NIGHT
    with caplog.at_level(logging.INFO):
        await fitting.fit()
    assert [each.message for each in caplog.records] == ["the model before is better"]
    assert await hall.kept() is None
    assert hall.markets.models.of("BTC").version == "the truth"


async def test_where_too_little_was_forced_out_all_goes_on_as_before(
    threads: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    hall = Hall()
    fitting = hall.fitting(threads)
    hall.clock.at = NIGHT
    with caplog.at_level(logging.INFO):
        await fitting.fit()
    assert [each.message for each in caplog.records] == ["no new model"]
    assert hall.markets.models.of("BTC") == QUICK


async def test_a_model_is_remembered_and_a_damaged_one_told(
    threads: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def damaged(*_: object) -> None:
        raise StorageError("the model kept for BTC is damaged")

    hall = Hall()
    await hall.fill()
    await hall.models.keep_model("BTC", FITTED, hall.clock.now())
    with monkeypatch.context() as broken:
        broken.setattr(hall.models, "newest_model", damaged)
        await hall.fitting(threads).remember()
    assert [each.message for each in caplog.records] == ["models not remembered"]
    assert hall.markets.models.of("BTC") == QUICK
    async with JOBS["fit_models"].open(hall.shop, Settings()):
        assert hall.markets.models.of("BTC") == FITTED


async def test_a_bot_that_stops_waits_for_no_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    def endless(*given: Any) -> None:  # noqa: ANN401
        while True:
            given[-1](0.5)
            begun.set()

    hall = Hall()
    await hall.fill()
    monkeypatch.setattr(job, "_LOOK", timedelta(milliseconds=10))
    monkeypatch.setattr(job, "refit", endless)
    async with JOBS["fit_models"].open(hall.shop, Settings()):
        hall.clock.at = NIGHT
        await asyncio.to_thread(begun.wait, 5)
        assert begun.is_set()


async def test_where_no_models_are_kept_none_is_fitted() -> None:
    hall = Hall()
    async with JOBS["fit_models"].open(replace(hall.shop, models=None), Settings()):
        assert hall.markets.models.of("BTC") == QUICK
