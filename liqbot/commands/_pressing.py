"""Buttons that carry as many words as chats let them."""

from liqbot.chat.message import LONGEST_WORDS, Button

WHERE = "Where from?"


def where_from(*words: str | None) -> Button | None:
    """Return a button that asks how the numbers of an answer are made; None where it does not fit.

    What only looks different belongs to no `words`.
    """
    return exactly(WHERE, "why", *filter(None, words))


def exactly(label: str, *words: str) -> Button | None:
    """Return a button that asks just so; None where the words are too many."""
    said = " ".join(words)
    return Button(label, said) if len(said.encode()) <= LONGEST_WORDS else None


def pressing(label: str, *words: str) -> Button | None:
    """Return a button that asks so; the last words are left out where they are too many.

    None where not even the first two fit: a command and its market.
    """
    for count in range(len(words), min(len(words), 2) - 1, -1):
        if button := exactly(label, *words[:count]):
            return button
    return None
