"""Recordings to ask about, and the command line to ask with."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from liqbot.cli.main import run
from liqbot.market.observation import Observation
from liqbot.market.recording.writer import write_recording
from liqbot.market.tape import Tape
from liqbot.market.units import DAY_MS, HOUR_MS, Side
from liqbot.simulation.settings import Settings
from liqbot.simulation.simulated import simulate
from tests.builders import START_MS, a_liquidation, an_observation, some_candles, some_open_interest

BARS_A_DAY = 288


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Liqbot = Callable[..., Outcome]


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """Leave logging as it was found: a command sets it up for its whole process."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture
def liqbot(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, logs_as_before: None
) -> Liqbot:
    """The command line, in 80 columns and not on a terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = run([str(each) for each in arguments])
        told = capsys.readouterr()
        return Outcome(code, told.out, told.err)

    return call


def seen(
    venue: str, base: str, price: float, *, days: int = 2, tape: Tape | None = None
) -> Observation:
    """Return days of waves around a price, with open interest that rises and falls."""
    wave = np.arange(days * BARS_A_DAY)
    closes = price * (1 + 0.03 * np.sin(wave / 40) + 0.01 * np.sin(wave / 7))
    candles = some_candles(closes, reach=0.001, volume=50_000.0 / price)
    interest = (2e6 + 2e5 * np.sin(np.arange(wave.size + 1) / 25)) / price
    return an_observation(
        candles,
        venue=venue,
        base=base,
        open_interest=some_open_interest(interest),
        tape=Tape.of(()) if tape is None else tape,
    )


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of BTC on two venues, and of ETH on one."""
    folder = tmp_path_factory.mktemp("recordings") / "two-days"
    write_recording(
        folder,
        [seen("binance", "BTC", 90_000.0), seen("okx", "BTC", 90_000.0), seen("okx", "ETH", 3e3)],
        simulated=False,
    )
    return folder


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight days of BTC with a tape."""
    folder = tmp_path_factory.mktemp("recordings") / "told"
    hours = range(8 * 24)
    orders = [
        a_liquidation(
            side,
            at_ms=START_MS + hour * HOUR_MS + 60_000 * minute,
            price=90_000.0,
            quantity=0.1 + (hour * 7 % 5) * 0.2,
        )
        for hour in hours
        for minute, side in ((5, Side.LONG), (25, Side.SHORT), (45, Side.LONG))
    ]
    write_recording(
        folder, [seen("bybit", "BTC", 90_000.0, days=8, tape=Tape.of(orders))], simulated=False
    )
    return folder


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quarter of a day that was simulated."""
    folder = tmp_path_factory.mktemp("recordings") / "simulated"
    simulate(Settings(days=0.25, markets=("BTC",))).write(folder)
    return folder


@pytest.fixture(scope="session")
def only_orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forced orders alone, without a price."""
    folder = tmp_path_factory.mktemp("recordings") / "only-orders"
    tape = Tape.of([a_liquidation(at_ms=START_MS + DAY_MS * day) for day in range(3)])
    nothing = an_observation(some_candles(()), tape=tape)
    write_recording(folder, [nothing], simulated=False)
    return folder
