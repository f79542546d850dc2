"""Every error that liqbot raises, as one tree.

LiqbotError
├── ConfigError          the operator must mend config.toml; exit code 2, never retried
├── RecordingError       a recorded file is missing, cut short or makes no sense; names file and row
├── ModelError           a model file or its numbers make no sense
└── CommandError         the user's mistake; `str(error)` is shown to them, nothing is logged
    ├── UnknownName      no such market, venue, chart …; suggests the nearest that exists
    ├── Unreadable       what was written is not a market, time …; says what one looks like
    ├── OutOfRange       a time, price or number outside what can be answered; says what can
    └── Unwritable       the file that was asked for cannot be written; says why
"""

from collections.abc import Iterable
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


class CommandError(LiqbotError):
    """The user asked for something that cannot be done; the text says what would work."""


class UnknownName(CommandError):
    """The user named something that does not exist; the text says what does."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = list(known)
        near = nearest(name, names)
        listed = ", ".join([*names[:_LISTED], "…"] if len(names) > _LISTED else names)
        hint = f"Did you mean {near}?" if near else f"There is {listed or 'none'}."
        super().__init__(f"There is no {kind} “{excerpt(name)}”. {hint}")


class Unreadable(CommandError):
    """The user wrote something that cannot be read as what was asked for."""

    def __init__(self, kind: str, text: str, like: str) -> None:
        super().__init__(f"“{excerpt(text)}” is not a {kind}. Try {like}.")


class OutOfRange(CommandError):
    """The user asked about a time, price or number that cannot be answered."""


class Unwritable(CommandError):
    """The user asked for a file that cannot be written where they want it."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelt one most likely meant, whatever its case; or None."""
    by_lower = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.5)
    return by_lower[near[0]] if near else None


def excerpt(text: str) -> str:
    """Return the beginning of what a user wrote: one line, at most 20 characters, all visible."""
    shown = "".join(each if each.isprintable() else "·" for each in text[:_ECHOED])
    return shown if len(text) <= _ECHOED else f"{shown[:-1]}…"
