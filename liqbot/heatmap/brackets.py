"""Built-in maintenance-margin brackets, for when a venue's own cannot be asked for.

The numbers stand in brackets.toml. Binance publishes its brackets only to account holders, so its
largest markets are written out there; a test compares each row, and the maintenance amounts that
follow from the rows, with the venue's own answer. Other venues answer without a key, so what is
built in is a stand-in, and its source says so.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from liqbot.errors import UnknownName
from liqbot.market.margin import MarginSchedule, schedule_from

OTHER = "other"  # the brackets of a market that is not named


def bracket_schedule(venue: str, base: str) -> MarginSchedule:
    """Return a market's built-in brackets; raise UnknownName for a venue without any.

    A contract over many units of a coin (1000PEPE, kPEPE) has the brackets of the coin, and a
    market that is not named gets the venue's brackets for small markets; `source` says so.
    """
    schedules = _schedules()
    if venue not in schedules:
        raise UnknownName("venue", venue, schedules)
    coin = re.sub(r"^(1000+|k)(?=[A-Z])", "", base)
    return schedules[venue].get(coin, schedules[venue][OTHER])


@cache
def _schedules() -> Mapping[str, Mapping[str, MarginSchedule]]:
    """Read every schedule, by venue and market."""
    text = files("liqbot.heatmap").joinpath("brackets.toml").read_text("utf-8")
    return {
        venue: {
            name: _schedule(name, rows, section["source"])
            for names, rows in section["markets"].items()
            for name in names.split()
        }
        for venue, section in tomllib.loads(text).items()
    }


def _schedule(name: str, rows: list[list[float]], source: str) -> MarginSchedule:
    """Make a schedule of rows of (cap in USD, maintenance rate in %, maximum leverage)."""
    if name == OTHER:
        source = f"{source}; generic, for a market not named there"
    return schedule_from([(cap, percent / 100, most) for cap, percent, most in rows], source)
