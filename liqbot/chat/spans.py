"""The kind of word that is one of a few spans of time."""

from collections.abc import Mapping
from datetime import timedelta

from liqbot.chat.arguments import Known, Word, read_duration
from liqbot.errors import CommandError, UnknownName


def span_of(spans: Mapping[str, timedelta]) -> Word:
    """Return the kind of word that is one of some spans, however it is written: 24h, 1d."""

    def read(text: str, _: Known) -> timedelta:
        try:
            span = read_duration(text)
        except CommandError:
            raise UnknownName("range", text, spans) from None
        if span not in spans.values():
            raise UnknownName("range", text, spans)
        return span

    return Word(", ".join(spans), read, lambda _: spans)
