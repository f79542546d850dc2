"""What a request is to those who answer it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tests.fakes.discord.oracle import Operation
from tests.fakes.discord.posting import Upload
from tests.fakes.discord.realm import Realm
from tests.fakes.faults import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request that the document allows."""

    realm: Realm
    operation: Operation
    words: Mapping[str, str]  # of the path
    query: Mapping[str, str]
    body: Json
    uploads: Sequence[Upload] = ()

    def number(self, word: str) -> int:
        """Return an id of the path."""
        return int(self.words[word])

    def wants(self, word: str) -> bool:
        """Tell whether a flag of the query is set."""
        return self.query.get(word, "").lower() in {"true", "1"}


Answer: TypeAlias = Callable[[Ask], Json | None]  # None is 204
