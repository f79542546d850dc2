"""The proof on a real recording: the figures that the map has to reach, and keep."""

from dataclasses import replace

import numpy as np
import pytest

from liqbot.calibration.evaluation import OURS, PRICE_ONLY, USUAL, Evaluation, evaluate
from liqbot.heatmap.bars import align
from liqbot.heatmap.engine import grid_for, guessed, run, terms_of
from liqbot.heatmap.model import Model
from liqbot.market.recording.reader import Recording
from liqbot.market.units import Side, floats
from tests.builders import SHARED_DATA
from tests.oracles.markets import COMPILED

FOLDER = SHARED_DATA / "recordings" / "binance-2025-12"
LEAST = {
    Side.LONG: {"r2_sqrt": 0.88, "log_corr": 0.90},
    Side.SHORT: {"r2_sqrt": 0.84, "log_corr": 0.87},
}

pytestmark = [
    pytest.mark.skipif(not FOLDER.exists(), reason="../shared/data is not beside the project"),
    pytest.mark.skipif(not COMPILED, reason="months of bars take minutes without JIT"),
]


@pytest.fixture(scope="module")
def recording() -> Recording:
    return Recording.open(FOLDER)


@pytest.fixture(scope="module")
def proofs(recording: Recording) -> dict[str, Evaluation]:
    """Return the proof of BTC as it was recorded, and as if no volume had been."""
    seen = [recording.read(each) for each in recording.instruments_of("BTC")]
    unknown = [
        replace(
            each, candles=replace(each.candles, volume=floats(np.full(len(each.candles), np.nan)))
        )
        for each in seen
    ]
    totals = recording.totals("BTC")
    return {
        "as recorded": evaluate("BTC", seen, totals, Model()),
        "volume unknown": evaluate("BTC", unknown, totals, Model()),
    }


@pytest.mark.parametrize("side", list(Side))
def test_the_flow_of_real_hours_is_explained(proofs: dict[str, Evaluation], side: Side) -> None:
    score = proofs["as recorded"].flow[OURS][side.index]
    assert score.n > 600
    for measure, least in LEAST[side].items():
        assert getattr(score, measure) >= least, measure


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("volume", ["as recorded", "volume unknown"])
@pytest.mark.parametrize("baseline", [PRICE_ONLY, USUAL])
def test_both_baselines_are_beaten_on_every_measure(
    proofs: dict[str, Evaluation], volume: str, baseline: str, side: Side
) -> None:
    flow = proofs[volume].flow
    ours, theirs = flow[OURS][side.index], flow[baseline][side.index]
    assert theirs.skill() > 0.5  # a baseline that knows nothing would prove nothing
    for measure, least in theirs.as_dict().items():
        assert measure == "n" or ours.as_dict()[measure] > least, measure


def test_the_model_is_fitted_on_the_older_half_alone(proofs: dict[str, Evaluation]) -> None:
    for proof in proofs.values():
        assert proof.unfitted is None
        assert np.count_nonzero(proof.seen) == len(proof.spans) // 2
        assert proof.model.fitted_to_ms == proof.spans.to_ms[proof.seen][-1]
        assert proof.model.fitted_to_ms <= proof.spans.from_ms[~proof.seen][0]


@pytest.mark.parametrize("base", ["AVAX", "BTC", "DOGE", "ETH", "SOL"])
def test_the_ledger_of_every_market_closes(recording: Recording, base: str) -> None:
    bars = align([recording.read(each) for each in recording.instruments_of(base)])
    terms = terms_of(Model(), base, bars.venues, grid_for(bars), bars.interval_ms)
    ledger = run(terms, guessed(terms, bars), bars, columns=False).positions.mass_ledger
    offered = ledger.deposited > 0
    assert offered.mean() > 0.5
    assert ledger.swept[offered].min() > 0
    assert ledger.error < 1e-6
