"""The assumptions behind a map, as values."""

from dataclasses import dataclass, field

TIERS = (3.0, 5.0, 10.0, 20.0, 25.0, 50.0, 75.0, 100.0, 125.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What the engine assumes about traders. Rows and columns by tier, sides by Side.index."""

    version: str = "prior-1"
    tiers: tuple[float, ...] = TIERS  # leverage, rising
    long_weights: tuple[float, ...] = (0.0076, 0.0053, 0.0033, 0.0020, 0.0017, 0.0011, 0.0008, 0.0007, 0.0006)
    short_weights: tuple[float, ...] = (0.0076, 0.0053, 0.0033, 0.0020, 0.0017, 0.0011, 0.0008, 0.0007, 0.0006)
    half_life_h: tuple[float, ...] = (540.0, 360.0, 180.0, 90.0, 60.0, 30.0, 18.0, 12.0, 9.0)
    turnover: float = 0.3  # share of volume that closes and opens anew without moving OI (κ)
    spread: float = 0.2  # σ: s.d. of log liquidation price × leverage
    tilt: float = -0.2  # how far weights move from longs to shorts above trend, −1 … 1
    realisation: tuple[float, float] = (0.75, 0.75)  # realised ÷ modelled USD, (long, short)
    venues: tuple[str, ...] = ()  # those it was fitted on; empty = none
    fitted_from_ms: int | None = None
    fitted_to_ms: int | None = None
    scores: dict[str, float] = field(default_factory=dict)  # on time the fit did not see
