"""Whether the bot does what it is for, and what keeps it from that."""

from dataclasses import dataclass
from datetime import timedelta

from liqbot.market.status import Status

PATIENCE = timedelta(seconds=90)  # three polls, as they come by default
_LISTED = 10  # reasons; the rest are more of the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a load balancer, or a person in a hurry, wants to know."""

    seeing: int  # markets, counted once a venue
    markets: int
    reasons: tuple[str, ...]  # why it is not healthy; none = it is

    @property
    def healthy(self) -> bool:
        """Whether venues are being asked and at least one market is seen."""
        return not self.reasons


def health_of(status: Status, patience: timedelta = PATIENCE) -> Health:
    """Judge a status; `patience` is how long no venue may have been asked anything."""
    blind = [each for each in status.markets if each.blind]
    seeing = len(status.markets) - len(blind)
    reasons = []
    idle = _idle(status)
    if idle is None:
        reasons.append("no venue has answered or failed yet")
    elif idle > patience:
        reasons.append(f"no venue was asked anything for {idle // timedelta(seconds=1)} s")
    if not seeing:
        told = [f"{each.instrument.venue} {each.instrument.folder}: {each.blind}" for each in blind]
        more = len(told) - _LISTED
        reasons += told[:_LISTED] or ["no market is watched"]
        reasons += [f"and {more} more"] if more > 0 else []
    return Health(seeing=seeing, markets=len(status.markets), reasons=tuple(reasons))


def _idle(status: Status) -> timedelta | None:
    """Return how long ago a venue last answered or failed; None for never."""
    ends = [
        end
        for venue in status.venues
        for end in (venue.asking.answered_at, venue.asking.failed_at)
        if end is not None
    ]
    return status.at - max(ends) if ends else None
