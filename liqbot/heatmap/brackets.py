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
from liqbot.heatmap.venues import RULES
from liqbot.market.margin import MarginSchedule, schedule_from

OTHER = "other"  # the brackets of a market that is not named
_LEAST = 0.05  # of the initial margin, that has to remain: all venues ask for a third at least


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


def doubt(venue: str, told: MarginSchedule) -> str:
    """Return why brackets that a venue tells are not believed; "" if they are.

    What grows laxer with size, or is no fraction, is no schedule to begin with. Here a position
    of the highest leverage that a bracket permits must not be liquidated at once, nor live on
    next to nothing, as when percent are taken for fractions. Raise UnknownName for a venue
    without a formula.
    """
    if venue not in RULES:
        raise UnknownName("venue", venue, RULES)
    for tier in told.tiers:
        asked, initial = tier.rate + RULES[venue].fee, 1 / tier.max_leverage
        if not _LEAST * initial <= asked < initial:
            return (
                f"{tier.max_leverage:g}x up to ${tier.cap:,.0f} with {asked:.4%} of maintenance"
                f" margin and fee, beside {initial:.4%} of initial margin"
            )
    return ""


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
