"""A family of modules: named, ordered, imported on first use."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar

Member = TypeVar("Member")


class Registry(Mapping[str, Member], Generic[Member]):
    """Maps each name to the constant that the module of that name defines.

    The constant is called like the family's kind, in capitals: a module of `charts/`
    defines `CHART`, and `CHART` is a `Chart`.
    """

    def __init__(self, package: str, kind: str, names: tuple[str, ...]) -> None:
        self._package = package
        self._constant = kind.upper()
        self._names = names

    def __getitem__(self, name: str) -> Member:
        """Import and return a member; raise KeyError for a name that is not in the family."""
        if name not in self._names:
            raise KeyError(name)
        module = import_module(f"{self._package}.{name}")
        member: Member = getattr(module, self._constant)
        return member

    def __contains__(self, name: object) -> bool:
        """Tell whether the family has a member of that name, importing nothing."""
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names, in order, importing nothing."""
        return iter(self._names)

    def __len__(self) -> int:
        """Count the members."""
        return len(self._names)
