"""Observations into a folder."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from liqbot.market.observation import Observation
from liqbot.market.tape import LiquidationTotals


def write_recording(
    folder: Path,
    observations: Iterable[Observation],
    *,
    totals: Mapping[str, LiquidationTotals] | None = None,
    simulated: bool,
    label: str = "",
) -> None:
    """Write observations, and liquidation sums by base ("BTC"), as a recording.

    Raise RecordingError if the folder already holds a recording of another label.
    """
    raise NotImplementedError
