"""Which of ccxt's errors is which of ours."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from ccxt.base.errors import BaseError

from liqbot.errors import SourceDelayed, SourceError, SourceRefused, SourceUnreadable
from liqbot.exchanges._pacing import Headers

# By name, not by ancestry: a class that a later ccxt adds is to be thought about.
DELAYED = {
    "BaseError": "unavailable",
    "ExchangeError": "unavailable",  # an error code that ccxt does not know
    "OperationFailed": "unavailable",
    "ExchangeNotAvailable": "unavailable",
    "OnMaintenance": "unavailable",
    "ExchangeClosedByUser": "unavailable",
    "UnsubscribeError": "network",
    "CancelPending": "unavailable",
    "NetworkError": "network",
    "InvalidNonce": "network",
    "ChecksumError": "network",
    "RequestTimeout": "timeout",
    "DDoSProtection": "rate_limit",
    "RateLimitExceeded": "rate_limit",
}
UNREADABLE = {"BadResponse", "NullResponse"}
REFUSED = {
    *("AuthenticationError", "PermissionDenied", "AccountNotEnabled", "AccountSuspended"),
    *("ArgumentsRequired", "BadRequest", "BadSymbol", "OperationRejected", "NoChange"),
    *("MarginModeAlreadySet", "MarketClosed", "ManualInteractionNeeded", "RestrictedLocation"),
    *("InsufficientFunds", "InvalidAddress", "AddressPending", "InvalidOrder", "OrderNotFound"),
    *("OrderNotCached", "OrderImmediatelyFillable", "OrderNotFillable", "DuplicateOrderId"),
    *("ContractUnavailable", "NotSupported", "InvalidProxySettings"),
}

# What ccxt's parsers, and ours, raise over answers of another shape than they expect.
MISREAD = (
    *(ArithmeticError, AssertionError, AttributeError),
    *(LookupError, RecursionError, TypeError, ValueError),
)
RAISED = (SourceError, BaseError, OSError, *MISREAD)

RATE_LIMITED = timedelta(minutes=1)  # where nobody said for how long

_BANNED = {403: timedelta(minutes=10), 418: timedelta(minutes=2), 429: RATE_LIMITED}
_LONGEST_BAN = timedelta(days=3)  # Binance's longest
_BANNED_UNTIL = re.compile(r"\buntil (\d{13})\b")  # Binance names the millisecond
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{16,}")
_EXCERPT = 160  # characters of what a venue said


def from_raised(venue: str, error: Exception) -> SourceError:
    """Return what asking raised as one of ours: ccxt's errors, lost connections, misreadings."""
    if isinstance(error, SourceError):
        return error
    if isinstance(error, BaseError):
        return _from_ccxt(venue, error)
    if isinstance(error, OSError):
        return SourceDelayed(f"{venue} cannot be reached", kind="network")
    return SourceUnreadable(f"{venue} answered in another shape: {excerpt(repr(error))}")


def _from_ccxt(venue: str, error: Exception) -> SourceError:
    name = next(each.__name__ for each in type(error).__mro__ if _known(each.__name__))
    if name == "RequestTimeout":
        return SourceDelayed(f"{venue} did not answer in time", kind="timeout")
    if error.__cause__ is not None or name == "NetworkError":  # no answer came to be judged
        return SourceDelayed(f"{venue} cannot be reached", kind="network")
    text = f"{venue} answered: {excerpt(str(error))}"
    if name in UNREADABLE:
        return SourceUnreadable(text)
    if name in REFUSED:
        return SourceRefused(text)
    return SourceDelayed(text, kind=DELAYED[name])


def from_status(
    venue: str, status: int, headers: Headers, body: str, now: datetime
) -> SourceError | None:
    """Return what an HTTP status alone says, with when to ask again; None where it says nothing."""
    said = f"{venue} answered HTTP {status}: {excerpt(body)}"
    if status in _BANNED:
        kind = "rate_limit" if status == 429 else "banned"
        retry_at = until(headers, body, now) or now + _BANNED[status]
        return SourceDelayed(said, kind=kind, retry_at=min(retry_at, now + _LONGEST_BAN))
    if status == 408:
        return SourceDelayed(said, kind="timeout")
    if status >= 500:
        return SourceDelayed(said, kind="unavailable", retry_at=until(headers, body, now))
    if status == 404:
        return SourceRefused(said)
    if status == 451:
        return SourceRefused(f"{said}; it does not serve this place, set base_url to a mirror")
    return None


def until(headers: Headers, body: str, now: datetime) -> datetime | None:
    """Return when a venue wants to be asked again, by Retry-After or in words; None if unsaid."""
    if named := _BANNED_UNTIL.search(body):
        return datetime.fromtimestamp(int(named[1]) / 1000, UTC)
    said = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,6}(\.\d+)?", said):
        return now + timedelta(seconds=float(said))
    return http_date(said)


def http_date(text: str) -> datetime | None:
    """Read the date of an HTTP header; None where it is none."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None


def excerpt(text: str) -> str:
    """Return the beginning of what a venue said, on one line, without anybody's address."""
    line = _ADDRESS.sub("0x…", " ".join(text.split()))
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]}…"


def _known(name: str) -> bool:
    return name in DELAYED or name in UNREADABLE or name in REFUSED
