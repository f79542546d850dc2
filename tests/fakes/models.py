"""An archive of models that forgets all when the test ends."""

from collections import defaultdict
from datetime import datetime

from liqbot.heatmap.model import Model


class FakeModels:
    """Does what the port says in a dictionary."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[datetime, str]] = defaultdict(dict)

    async def keep_model(self, base: str, model: Model, at: datetime) -> None:
        self._kept[base][at] = model.to_toml()

    async def newest_model(self, base: str, at: datetime) -> Model | None:
        known = [each for each in self._kept[base] if each <= at]
        return Model.from_toml(self._kept[base][max(known)]) if known else None

    async def kept_models(self, base: str, limit: int) -> tuple[tuple[datetime, Model], ...]:
        newest = sorted(self._kept[base].items(), reverse=True)[:limit]
        return tuple((at, Model.from_toml(text)) for at, text in newest)
