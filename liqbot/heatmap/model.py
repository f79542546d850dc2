"""The assumptions behind a map, as values."""

from dataclasses import dataclass, field

TIERS = (3.0, 5.0, 10.0, 20.0, 25.0, 50.0, 75.0, 100.0, 125.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What the engine assumes about traders. Rows and columns by tier, sides by Side.index."""

    version: str = "prior-1"
    tiers: tuple[float, ...] = TIERS  # leverage, rising
    long_weights: tuple[float, ...] = (0.14, 0.14, 0.22, 0.16, 0.10, 0.10, 0.04, 0.07, 0.03)
    short_weights: tuple[float, ...] = (0.14, 0.14, 0.22, 0.16, 0.10, 0.10, 0.04, 0.07, 0.03)
    half_life_h: tuple[float, ...] = (1080.0, 720.0, 360.0, 180.0, 120.0, 60.0, 36.0, 24.0, 18.0)
    turnover: float = 0.3  # share of volume that closes and opens anew without moving OI (κ)
    spread: float = 0.2  # σ: s.d. of log liquidation price × leverage
    tilt: float = -0.4  # how far weights move from longs to shorts above trend, −1 … 1
    realisation: tuple[float, float] = (0.75, 0.75)  # realised ÷ modelled USD, (long, short)
    venues: tuple[str, ...] = ()  # those it was fitted on; empty = none
    fitted_from_ms: int | None = None
    fitted_to_ms: int | None = None
    scores: dict[str, float] = field(default_factory=dict)  # on time the fit did not see
