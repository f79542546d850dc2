"""The model of each market: one fitted to it, or the one that all begin with."""

from collections.abc import Iterable

from liqbot.heatmap.model import Model
from liqbot.market.units import moment_of


class Models:
    """Holds the models that markets go by."""

    def __init__(self, usual: Model) -> None:
        self.usual = usual
        self._fitted: dict[str, Model] = {}

    def of(self, base: str) -> Model:
        """Return the model of a base."""
        return self._fitted.get(base, self.usual)

    def take(self, base: str, model: Model) -> None:
        """Let a market go by a model from now on."""
        self._fitted[base] = model

    def named(self, usual: str, bases: Iterable[str]) -> str:
        """Say which models some markets go by, of which the usual one has a name."""
        fitted = [
            f"{base} fitted to {moment_of(model.fitted_to_ms):%Y-%m-%d}"
            for base, model in self._fitted.items()
            if base in set(bases) and model.fitted_to_ms is not None
        ]
        return "; ".join([usual, *fitted])
