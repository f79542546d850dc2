"""What goes wrong at Discord: put in and taken out at any time."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "429",  # of the bucket, with `retry_after`
    "429 global",
    "429 cloudflare",  # a page for people: too many invalid requests
    "500",
    "502",
    "503",
    "garbage",  # 200, and half of the JSON
    "html",  # 200, and a page for people
    "slow",  # answers after `seconds`
    "dropped",  # does as it is asked, and the connection breaks before the answer
    "refused",  # the connection breaks before anything is done
]
PAGE = "<!DOCTYPE html><html><head><title>Error</title></head><body></body></html>"


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """One thing that goes wrong."""

    kind: Kind
    on: str | None = None  # "POST /channels/{channel_id}/messages"; None is any request
    times: int | None = 1  # None is until it is mended
    retry_after: float = 0.05  # s
    seconds: float = 0.2  # of "slow"


class Faults:
    """All that goes wrong at the moment."""

    def __init__(self) -> None:
        self.standing: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Let something go wrong from now on."""
        self.standing.append(fault)
        return fault

    def clear(self) -> None:
        """Mend everything."""
        self.standing.clear()

    def take(self, operation: str) -> Fault | None:
        """Return the oldest fault that concerns a request, and count it down."""
        found = next((each for each in self.standing if each.on in {None, operation}), None)
        if found is not None and found.times is not None:
            found.times -= 1
            if found.times == 0:
                self.standing.remove(found)
        return found
