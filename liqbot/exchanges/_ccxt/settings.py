"""What the operator may set of a venue."""

import re
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlsplit

from annotated_types import Interval

_MOST_ADDRESSES = 50
ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CcxtSettings:
    """How a venue is reached and how often its order book is read.

    Raise ValueError for an address that is none, or that holds a password.
    """

    base_url: Annotated[
        str | None, "Where its REST hosts are mirrored, as URL/HOST/PATH; the venue itself without."
    ] = None
    ws_url: Annotated[
        str | None, "Where its WebSocket hosts are mirrored, as URL/HOST/PATH; itself without."
    ] = None
    timeout_s: Annotated[
        float, Interval(ge=0.1, le=60), "Seconds after which an unanswered request is given up."
    ] = 10.0
    book_every_s: Annotated[
        float, Interval(ge=1, le=3600), "Seconds between two looks at the order book of a market."
    ] = 60.0
    silence_s: Annotated[
        float, Interval(ge=1, le=86400), "Seconds without a forced order until it is called again."
    ] = 300.0

    def __post_init__(self) -> None:
        _check("base_url", self.base_url, "http", "https")
        _check("ws_url", self.ws_url, "ws", "wss")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressedSettings(CcxtSettings):
    """Likewise of a venue whose positions are public; raise ValueError for what is no address.

    They are public, and still nobody's business: no error and no repr shows one.
    """

    addresses: Annotated[
        tuple[str, ...], "Whose positions are shown beside the map: up to 50, 0x and 40 hex digits."
    ] = field(default=(), repr=False)
    leaderboard: Annotated[
        int,
        Interval(ge=0, le=200),
        "How many of the largest accounts that traded in the last week are shown besides; 0: none.",
    ] = 0

    def __post_init__(self) -> None:
        CcxtSettings.__post_init__(self)  # super() does not work in a dataclass with slots
        if len(self.addresses) > _MOST_ADDRESSES:
            raise ValueError(
                f"addresses: {len(self.addresses)} are listed, of at most {_MOST_ADDRESSES}"
            )
        for number, each in enumerate(self.addresses, 1):
            if not ADDRESS.fullmatch(each):
                raise ValueError(f"addresses: number {number} is not 0x and 40 hex digits")

    @property
    def holders(self) -> tuple[str, ...]:
        """The addresses, each once, in lower case."""
        return tuple(dict.fromkeys(each.lower() for each in self.addresses))


def _check(name: str, url: str | None, *schemes: str) -> None:
    if url is None:
        return
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{name} must be like {schemes[0]}://127.0.0.1:9300")
    if parts.username or parts.password:
        raise ValueError(f"{name} must not hold a user name or password")
