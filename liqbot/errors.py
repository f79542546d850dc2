"""Every error that liqbot raises, as one tree.

LiqbotError
├── ConfigError          the operator must mend config.toml; exit code 2, never retried
├── RecordingError       a recorded file is missing, cut short or makes no sense; names file and row
├── ModelError           a model file or its numbers make no sense
└── CommandError         the user's mistake; `str(error)` is shown to them, nothing is logged
    ├── UnknownName      no such market, venue, chart …; suggests the nearest that exists
    └── OutOfRange       a time, price or number outside what can be answered; says what can
"""

from collections.abc import Iterable
from difflib import get_close_matches


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
    """The user named something that does not exist."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = list(known)
        near = get_close_matches(name.lower(), [n.lower() for n in names], 1, cutoff=0.5)
        hint = next((n for n in names if near and n.lower() == near[0]), None)
        ask = f"Did you mean {hint}?" if hint else f"There is {', '.join(names) or 'none'}."
        super().__init__(f"There is no {kind} “{name}”. {ask}")


class OutOfRange(CommandError):
    """The user asked about a time, price or number that cannot be answered."""
