"""What was told since the last bar, beside a map that stands still until the next."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from liqbot.heatmap.history import History
from liqbot.market.observation import Observation
from liqbot.market.series import OpenInterest
from liqbot.market.tape import Tape
from liqbot.market.units import floats, integers


def with_news(history: History, observations: Sequence[Observation], tape: Tape) -> History:
    """Return a history with what its venues have told by now.

    `tape` is of all of them; books are their newest. Open interest gets one more row, of now, if a
    venue has told it since the last bar ended; a venue that has not stands as it stood.
    """
    books = {each.instrument.venue: each.book for each in observations if each.book}
    history = replace(history, tape=tape, books=books)
    newest = {each.instrument.venue: _newest(each.open_interest) for each in observations}
    ended_ms = int(history.open_interest.at_ms[-1])
    since = {venue: told for venue, told in newest.items() if told and told[0] > ended_ms}
    if not since:
        return history
    stood = history.interest[:, -1].tolist()
    now = [
        since[venue][1] if venue in since else before
        for venue, before in zip(history.venues, stood, strict=True)
    ]
    told_ms = max(at_ms for at_ms, _ in since.values())
    interest = history.open_interest
    return replace(
        history,
        interest=floats(np.column_stack([history.interest, now])),
        open_interest=OpenInterest(
            at_ms=integers(np.append(interest.at_ms, told_ms)),
            quantity=floats(np.append(interest.quantity, sum(now))),
        ),
    )


def _newest(sampled: OpenInterest) -> tuple[int, float] | None:
    """Return the newest known sample and its stamp, Unix ms."""
    known = np.flatnonzero(~np.isnan(sampled.quantity))
    return (
        (int(sampled.at_ms[known[-1]]), float(sampled.quantity[known[-1]])) if known.size else None
    )
