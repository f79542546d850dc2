from typing import NamedTuple

import pytest

from liqbot.simulation.chronicle import Chronicle
from liqbot.simulation.market import Market
from liqbot.simulation.positions import Rows
from liqbot.simulation.settings import Settings


class Passed(NamedTuple):
    settings: Settings
    told: Chronicle
    history: Rows


@pytest.fixture(scope="session")
def day() -> Passed:
    """Return a day of BTC, half of it wild."""
    settings = Settings(seed=6, days=1.0, markets=("BTC",))
    return Passed(settings, *Market(settings, "BTC").run(lambda _: None))
