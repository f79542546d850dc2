"""Settings of every kind, and a family of which each member has some."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Gt, Interval, Len, Timezone

from liqbot.config.family import Family, Member
from liqbot.config.reading import decode
from liqbot.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """A section inside a section."""

    size: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """One field of every kind."""

    ratio: Annotated[float, Gt(1), "Heavier ÷ lighter."] = 2.0
    share: Annotated[float, Interval(ge=0, lt=1)] = 0.15
    count: int = 3
    exact: bool = False
    side: Literal["long", "short"] = "long"
    title: Annotated[str, Len(0, 5)] = ""
    file: Path | None = None
    floor: Annotated[float, Gt(0)] | None = None
    every: timedelta = timedelta(minutes=5)
    since: Annotated[datetime, Timezone(...)] | None = None
    pace: Annotated[timedelta, Interval(ge=timedelta(seconds=5), le=timedelta(days=1))] | None = (
        None
    )
    names: tuple[str, ...] = ("a", "b")
    inner: Inner = field(default_factory=Inner)

    def __post_init__(self) -> None:
        if self.count > 100:
            raise ValueError("too many to count")


@dataclass(frozen=True, slots=True)
class Planet:
    """A member."""

    summary: str
    settings: type[Any]


class Planets(Mapping[str, Member]):
    """A family that counts, as a registry would import."""

    def __init__(self) -> None:
        self.there = {name: Planet(f"It is {name}", Inner) for name in ("venus", "earth", "mars")}
        self.imported: list[str] = []

    def __getitem__(self, name: str) -> Member:
        self.imported.append(name)
        return self.there[name]

    def __contains__(self, name: object) -> bool:
        return name in self.there

    def __iter__(self) -> Iterator[str]:
        return iter(self.there)

    def __len__(self) -> int:
        return len(self.there)


PLANETS = Planets()
SOME = Family(PLANETS, usual=("mars", "venus"))
ALL = Family(PLANETS)
FLAT = Family(PLANETS, usual=("mars",), flat=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """Families."""

    some: Annotated[Mapping[str, Any], SOME, "Where to look."] = field(
        default_factory=lambda: SOME.enabled({})
    )
    all: Annotated[Mapping[str, Any], ALL] = field(default_factory=lambda: ALL.enabled({}))
    token_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A family whose sections stand beside those of others."""

    planets: Annotated[Mapping[str, Any], FLAT, "What goes round."] = field(
        default_factory=lambda: FLAT.enabled({})
    )
    sun: Inner = field(default_factory=Inner)


def mistakes(kind: type[Any], toml: str, where: str = "") -> list[str]:
    with pytest.raises(ConfigError) as caught:
        decode(kind, tomllib.loads(toml), where)
    return str(caught.value).splitlines()
