"""Every error that liqbot raises, as one tree.

LiqbotError
├── ConfigError          the operator must mend config.toml; exit code 2, never retried
├── RecordingError       a recorded file is missing, cut short or makes no sense; names file and row
├── ModelError           a model file or its numbers make no sense
├── SourceError          an exchange did not tell; what it would have told is a gap until it does
│   ├── SourceDelayed    ask again later, and not before `retry_at` where it said when
│   ├── SourceRefused    asking again is no use: not listed, not listed any more, not offered
│   └── SourceUnreadable what it said makes no sense
├── StorageError         the database cannot be used; says what to do; exit code 1
├── DeliveryError        a message did not arrive
│   ├── DeliveryDelayed  try again, and not before `retry_at` where the platform said when
│   ├── DeliveryRefused  trying again is no use: blocked, deleted, forbidden
│   └── ChatMoved        the chat has another id now: `moved_to`
└── CommandError         the user's mistake; `str(error)` is shown to them, nothing is logged
    ├── UnknownName      no such market, venue, chart …; suggests the nearest that exists
    ├── Unreadable       what was written is not a market, time …; says what one looks like
    ├── OutOfRange       a time, price or number outside what can be answered; says what can
    ├── Unwritable       the file that was asked for cannot be written; says why
    ├── Blind            what was asked about cannot be seen now; says why
    └── Busy             too many are asking; says when to try again
"""

from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches

_LISTED = 20  # a market list of hundreds would bury the answer
_ECHOED = 20  # characters; the user knows what they wrote


class LiqbotError(Exception):
    """Base of every error below."""


class ConfigError(LiqbotError):
    """The configuration cannot be used; the text names the key and what it allows."""


class RecordingError(LiqbotError):
    """A recorded file cannot be used; the text names the file and, where there is one, the row."""


class ModelError(LiqbotError):
    """A model's numbers cannot be used; the text names the key and what it allows."""


class SourceError(LiqbotError):
    """An exchange did not tell; `kind` names the fault for counting, `str(error)` for people."""

    kind = "source"


class SourceDelayed(SourceError):
    """An exchange cannot tell now: a time-out, a limit, a fault of its own."""

    def __init__(self, text: str, *, kind: str, retry_at: datetime | None = None) -> None:
        super().__init__(text)
        self.kind = kind  # "timeout", "rate_limit", "banned", "unavailable", "network", "paused"
        self.retry_at = retry_at  # aware, UTC; None where nobody said when


class SourceRefused(SourceError):
    """An exchange will never tell: no such market (any more), or nothing of the kind there."""

    kind = "refused"


class SourceUnreadable(SourceError):
    """An exchange said what makes no sense: no JSON, half of it, other shapes."""

    kind = "unreadable"


class StorageError(LiqbotError):
    """The database cannot be used; the text says what to do, and never shows a password."""


class DeliveryError(LiqbotError):
    """A message did not arrive."""


class DeliveryDelayed(DeliveryError):
    """The platform cannot take it now."""

    def __init__(self, text: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(text)
        self.retry_at = retry_at  # aware, UTC; None where nobody said when


class DeliveryRefused(DeliveryError):
    """The platform will never take it."""


class ChatMoved(DeliveryError):
    """The chat has another id now."""

    def __init__(self, text: str, *, moved_to: str) -> None:
        super().__init__(text)
        self.moved_to = moved_to


class CommandError(LiqbotError):
    """The user asked for something that cannot be done; the text says what would work."""


class UnknownName(CommandError):
    """The user named something that does not exist; the text says what does.

    It is looked for once somebody reads it: a word that fits in one place raises this in others.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        super().__init__(kind, name, tuple(known))

    def __str__(self) -> str:
        kind, name, names = self.args
        near = nearest(name, names)
        listed = ", ".join([*names[:_LISTED], "…"] if len(names) > _LISTED else names)
        hint = f"Did you mean {near}?" if near else f"There is {listed or 'none'}."
        return f"There is no {kind} “{excerpt(name)}”. {hint}"


class Unreadable(CommandError):
    """The user wrote something that cannot be read as what was asked for."""

    def __init__(self, kind: str, text: str, like: str) -> None:
        super().__init__(f"“{excerpt(text)}” is not a {kind}. Try {like}.")


class OutOfRange(CommandError):
    """The user asked about a time, price or number that cannot be answered."""


class Unwritable(CommandError):
    """The user asked for a file that cannot be written where they want it."""


class Blind(CommandError):
    """The user asked about what cannot be seen at the moment."""


class Busy(CommandError):
    """The user asked while too many others did."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelt one most likely meant, whatever its case; or None."""
    by_lower = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.5)
    return by_lower[near[0]] if near else None


def excerpt(text: str) -> str:
    """Return the beginning of what a user wrote: one line, at most 20 characters, all visible."""
    shown = "".join(each if each.isprintable() else "·" for each in text[:_ECHOED])
    return shown if len(text) <= _ECHOED else f"{shown[:-1]}…"
