"""What of the past is missing, and in which order it is asked for."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from liqbot.market.observation import Observation, gaps_in


class Span(NamedTuple):
    """A span of time, Unix ms."""

    from_ms: int
    to_ms: int


def missing(seen: Observation, from_ms: int, to_ms: int) -> tuple[Span, ...]:
    """Return the spans within from … to in which candles or open interest are missing, in order."""
    gaps = gaps_in(seen.candles, seen.open_interest, from_ms, to_ms)
    spans: list[Span] = []
    for span in sorted(Span(each.from_ms, each.to_ms) for each in gaps):
        if spans and span.from_ms <= spans[-1].to_ms:
            spans[-1] = Span(spans[-1].from_ms, max(span.to_ms, spans[-1].to_ms))
        else:
            spans.append(span)
    return tuple(spans)


def pieces(spans: Iterable[Span], length_ms: int) -> Iterator[Span]:
    """Yield spans in pieces of at most a length, cut at its multiples, the newest first."""
    for from_ms, to_ms in sorted(spans, reverse=True):
        end_ms = to_ms
        while end_ms > from_ms:
            begin_ms = max((end_ms - 1) // length_ms * length_ms, from_ms)
            yield Span(begin_ms, end_ms)
            end_ms = begin_ms
