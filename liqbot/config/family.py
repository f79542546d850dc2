"""A table with one section for each member of a family: [exchanges.binance]."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Member(Protocol):
    """What the members of every such family have."""

    @property
    def summary(self) -> str:
        """What it is, in a sentence."""
        ...

    @property
    def settings(self) -> type[Any]:
        """A frozen dataclass of which every field has a default."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Enabled(Mapping[str, Any]):
    """The settings of the members that are enabled, by name.

    A member without a section is imported when it is asked for: ccxt alone takes half a second.
    """

    members: Mapping[str, Member]
    names: tuple[str, ...]
    given: Mapping[str, object] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - each member has its own
        """Return the settings of an enabled member; raise KeyError for any other."""
        if name not in self.names:
            raise KeyError(name)
        return self.given[name] if name in self.given else self.members[name].settings()

    def __contains__(self, name: object) -> bool:
        """Tell whether a member is enabled, importing nothing."""
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names, in order, importing nothing."""
        return iter(self.names)

    def __len__(self) -> int:
        """Count the enabled members."""
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Family:
    """Which members there are, and which are enabled where no section names any."""

    members: Mapping[str, Member]
    usual: tuple[str, ...] | None = None  # None: all are, always; a section only sets them
    flat: bool = False  # its sections are called [telegram] and not [platforms.telegram]

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a member of that name, importing nothing."""
        return name in self.members

    def enabled(self, given: Mapping[str, object]) -> Enabled:
        """Return the members that sections enable, by the settings made of those."""
        if self.usual is None:
            names = tuple(self.members)
        else:
            names = tuple(given) or tuple(each for each in self.members if each in self.usual)
        return Enabled(self.members, names, given)
