"""What the operator may set of a venue."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from annotated_types import Interval


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


def _check(name: str, url: str | None, *schemes: str) -> None:
    if url is None:
        return
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{name} must be like {schemes[0]}://127.0.0.1:9300")
    if parts.username or parts.password:
        raise ValueError(f"{name} must not hold a user name or password")
