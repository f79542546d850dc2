"""The assumptions behind a map, as values, and as TOML that people can read and pass on."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from difflib import get_close_matches
from math import inf
from typing import Any, Protocol

import tomli_w

from liqbot.errors import ModelError

MOST_REALISED = 1000.0  # times what a model holds; beyond, it explains nothing
TIERS = (3.0, 5.0, 10.0, 20.0, 25.0, 50.0, 75.0, 100.0, 125.0)
_SHAPE = (0.0300, 0.0180, 0.0160, 0.0045, 0.0036, 0.0018, 0.0012, 0.0009, 0.0007)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What the engine assumes about traders; columns by tier, sides by Side.index.

    The defaults are a fit to hourly liquidations of BTC over three venues, rounded: of what
    opens, only a few percent ever end in a forced order, and the less leveraged of that weigh
    more. Raises ModelError for numbers outside their bounds.
    """

    version: str = "prior-1"
    tiers: tuple[float, ...] = TIERS  # leverage, rising
    long_weights: tuple[float, ...] = _SHAPE  # share of what opens that is held to liquidation
    short_weights: tuple[float, ...] = _SHAPE
    half_life_h: tuple[float, ...] = (270.0, 180.0, 90.0, 45.0, 30.0, 15.0, 9.0, 6.0, 4.5)
    turnover: float = 0.3  # share of volume that closes and opens anew without moving OI (κ)
    spread: float = 0.2  # σ: s.d. of log liquidation price × leverage
    tilt: float = -0.2  # how far weights move from shorts to longs above trend, −1 … 1
    realisation: tuple[float, float] = (0.75, 0.75)  # realised ÷ modelled USD, (long, short)
    venues: tuple[str, ...] = ()  # those it was fitted on; empty = none
    fitted_from_ms: int | None = None
    fitted_to_ms: int | None = None
    scores: Mapping[str, float] = field(default_factory=dict)  # on time the fit did not see

    def __post_init__(self) -> None:
        """Check every number against its bounds."""
        count = len(self.tiers)
        if not count or any(b <= a for a, b in zip(self.tiers, self.tiers[1:], strict=False)):
            raise ModelError(f"tiers: leverages have to rise, not {list(self.tiers)}")
        _within("tiers", self.tiers, 1.0, 1000.0, count)
        for name in ("long_weights", "short_weights"):
            _within(name, getattr(self, name), 0.0, 1.0, count)
            if sum(getattr(self, name)) > 1 + 1e-9:
                raise ModelError(f"{name}: sum to {sum(getattr(self, name)):g}, more than 1")
        _within("half_life_h", self.half_life_h, 1e-3, inf, count)
        _within("turnover", (self.turnover,), 0.0, 10.0, 1)
        _within("spread", (self.spread,), 0.001, 1.0, 1)
        _within("tilt", (self.tilt,), -1.0, 1.0, 1)
        _within("realisation", self.realisation, 0.0, MOST_REALISED, 2)

    def to_toml(self) -> str:
        """Write the model as TOML; `from_toml` reads it back the same."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return tomli_w.dumps({name: _plain(v) for name, v in named.items() if v is not None})

    @staticmethod
    def from_toml(text: str) -> "Model":
        """Read a model; raise ModelError naming the key that is wrong and what would be right."""
        try:
            table = tomllib.loads(text)
        except ValueError as error:  # also for a number of thousands of digits
            raise ModelError(f"this is no TOML: {error}") from error
        known = {each.name for each in fields(Model)}
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, 1)
                raise ModelError(f"{key}: unknown" + (f"; did you mean {near[0]}?" if near else ""))
        return Model(**{key: _typed(key, value) for key, value in table.items()})


class ModelArchive(Protocol):
    """Port: where models are kept for good; every method raises StorageError only."""

    async def keep_model(self, base: str, model: Model, at: datetime) -> None:
        """Keep the model that a market goes by from a moment on."""
        ...

    async def newest_model(self, base: str, at: datetime) -> Model | None:
        """Return the model a market went by at a moment, or None where none is kept."""
        ...

    async def kept_models(self, base: str, limit: int) -> tuple[tuple[datetime, Model], ...]:
        """Return at most so many models of a market, each with since when; the newest first."""
        ...


def _within(name: str, values: tuple[float, ...], low: float, high: float, count: int) -> None:
    if len(values) != count:
        raise ModelError(f"{name}: needs {count} numbers, one a tier or side, not {len(values)}")
    for value in values:
        if not low <= value <= high:
            raise ModelError(f"{name}: {value:g} is outside {low:g} … {high:g}")


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


def _typed(key: str, value: object) -> Any:  # noqa: ANN401  # the key says which type
    """Turn what TOML gives into what the field of that name holds; raise ModelError."""
    match key, value:
        case "version", str():
            return value
        case "venues", list() if all(isinstance(each, str) for each in value):
            return tuple(value)
        case "scores", dict() if all(_is_number(each) for each in value.values()):
            return value
        case (("fitted_from_ms" | "fitted_to_ms"), int()) if _is_number(value):
            return value
        case (("turnover" | "spread" | "tilt"), float() | int()) if _is_number(value):
            return float(value)
        case (
            ("tiers" | "long_weights" | "short_weights" | "half_life_h" | "realisation"),
            list(),
        ) if all(_is_number(each) for each in value):
            return tuple(float(each) for each in value)
    raise ModelError(f"{key}: {value!r} is not what belongs there")


def _is_number(value: object) -> bool:
    if isinstance(value, int):
        return not isinstance(value, bool) and abs(value) < 2**63  # as TOML has it
    return isinstance(value, float)
