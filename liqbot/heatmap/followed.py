"""How clusters were followed ⇄ text: a bot that is started again gives them their ids.

Only what was settled is written: from there a look goes on, whatever was shown since.
"""

import json
import zlib
from base64 import b64decode, b64encode
from typing import Any

from liqbot.heatmap.bands import Band
from liqbot.heatmap.grid import PriceGrid
from liqbot.heatmap.lookback import Lookback
from liqbot.heatmap.tracks import Event, Kind, Note, Track, Tracking
from liqbot.market.units import Price, Side, Usd

_FORM = 1  # of what is written; what has another is not read


def encoded(lookback: Lookback) -> str:
    """Return what a later look needs to go on."""
    settled = lookback.settled
    plain = {
        "form": _FORM,
        "settled_ms": lookback.settled_ms,
        "tracks": [_plain_track(each) for each in settled.tracks],
        "events": [
            [each.kind, each.track, each.at_ms, dict(each.facts), each.other]
            for each in settled.events
        ],
        "ids": dict(settled.ids),
    }
    return b64encode(zlib.compress(json.dumps(plain, separators=(",", ":")).encode())).decode()


def decoded(written: str) -> Lookback:
    """Return what was encoded, as it had settled; raise ValueError for anything else."""
    try:
        plain = json.loads(zlib.decompress(b64decode(written)))
        if plain["form"] != _FORM:
            raise ValueError(f"form {plain['form']} is not {_FORM}")
        settled = Tracking(
            tracks=tuple(_track(each) for each in plain["tracks"]),
            events=tuple(_event(*each) for each in plain["events"]),
            ids=plain["ids"],
        )
        return Lookback(now=settled, settled=settled, settled_ms=int(plain["settled_ms"]))
    except (zlib.error, KeyError, TypeError) as error:
        raise ValueError(f"no clusters can be read: {error!r}") from error


def _plain_track(track: Track) -> list[Any]:
    band = track.band
    return [
        track.id,
        track.side.value,
        [track.born_ms, track.told_ms, track.seen_ms],
        [track.first_centre, track.told_centre],
        [band.span.first, band.span.width, band.span.bins],
        [band.peak, band.usd, band.centre],
        [[note.at_ms, note.centre, note.usd] for note in track.past],
    ]


def _track(row: list[Any]) -> Track:
    name, side, stamps, centres, span, band, past = row
    born_ms, told_ms, seen_ms = stamps
    first_centre, told_centre = map(Price, centres)
    peak, usd, centre = band
    return Track(
        id=name,
        side=Side(side),
        born_ms=born_ms,
        first_centre=first_centre,
        told_centre=told_centre,
        told_ms=told_ms,
        band=Band(
            side=Side(side),
            span=PriceGrid(*span),
            peak=peak,
            usd=Usd(usd),
            centre=Price(centre),
        ),
        seen_ms=seen_ms,
        past=tuple(Note(at_ms, Price(then), Usd(held)) for at_ms, then, held in past),
    )


def _event(kind: str, track: str, at_ms: int, facts: dict[str, float], other: str | None) -> Event:
    return Event(kind=Kind(kind), track=track, at_ms=at_ms, facts=facts, other=other)
