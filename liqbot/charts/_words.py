"""What a picture says, in sentences: for those who cannot see it, and for search."""

from collections.abc import Sequence
from datetime import UTC

from liqbot.charts.chart import View
from liqbot.chat.badges import badges, kind
from liqbot.chat.facts import age, change, venue_name
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.history import History

LONGEST = 1024  # what chats take as a description


def alt_text(
    history: History, view: View, numbers: Numbers, subject: str, *bodies: Sequence[str]
) -> str:
    """Put between what every picture opens and ends with the first of several bodies that fits.

    The last one is cut where none fits.
    """
    at = history.at.astimezone(UTC)
    venues = "+".join(venue_name(venue) for venue in history.venues) or "no venue"
    moved = change(history)
    since = "" if moved is None else f", {numbers.percent(moved)} in 24 h".replace("%", " percent")
    known = "not now" if history.is_past else f"data {age(history.data_age_s)} old"
    opening = (
        f"{history.base} {subject}, {venues}, {at:%Y-%m-%d %H:%M} UTC, "
        f"{known}. Price {numbers.price(history.snapshot.mark)}{since}."
    )
    warned = [*kind(history), *badges(history, numbers, view.macro_at)]
    cautions = [f"{badge.text.capitalize()}." for badge in warned if badge.is_caution]
    closing = " ".join([*cautions, "Estimate, not a forecast."])
    for body in bodies:
        text = " ".join([opening, *body, closing])
        if len(text) <= LONGEST:
            return text
    room = LONGEST - len(opening) - len(closing) - 3
    return f"{opening} {' '.join(bodies[-1])[:room]}… {closing}"
