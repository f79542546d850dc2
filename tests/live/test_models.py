"""Each market goes by its own model, or by the usual one."""

from dataclasses import replace

from liqbot.live.models import Models
from tests.builders import START_MS
from tests.walks import QUICK

FITTED = replace(QUICK, version="BTC 2026-01-01 00:00", fitted_to_ms=START_MS)


def test_a_market_goes_by_the_usual_model_until_one_is_fitted_to_it() -> None:
    models = Models(QUICK)
    assert models.of("BTC") is QUICK
    models.take("BTC", FITTED)
    assert models.of("BTC") is FITTED
    assert models.of("ETH") is QUICK
    assert models.usual is QUICK


def test_those_that_are_watched_are_named() -> None:
    models = Models(QUICK)
    assert models.named("prior-1, not fitted", ["BTC"]) == "prior-1, not fitted"
    models.take("BTC", FITTED)
    models.take("ETH", FITTED)
    models.take("SOL", QUICK)
    told = models.named("prior-1, not fitted", ["ETH", "SOL", "BTC"])
    assert told == "prior-1, not fitted; BTC fitted to 2026-01-01; ETH fitted to 2026-01-01"
    assert models.named("prior-1", ["ETH"]) == "prior-1; ETH fitted to 2026-01-01"
