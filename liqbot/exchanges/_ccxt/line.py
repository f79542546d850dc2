"""ccxt's client of one venue: paced, and every error one of ours."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import ccxt.pro

from liqbot.clock import Clock
from liqbot.errors import SourceDelayed, SourceError, SourceRefused, SourceUnreadable
from liqbot.exchanges._ccxt import faults
from liqbot.exchanges._ccxt.settings import CcxtSettings
from liqbot.exchanges._ccxt.venue import Market, Venue
from liqbot.exchanges._pacing import Pace
from liqbot.market.instrument import Instrument
from liqbot.market.units import ms_of

if TYPE_CHECKING:
    from aiohttp import ClientSession

Answer = TypeVar("Answer")

_WEIGHT: ContextVar[float] = ContextVar("weight of the next request", default=1.0)
_SENT_AT: ContextVar[datetime] = ContextVar("when the last request was sent")
_LISTING = "(listing)"  # a key that no venue uses
_SHARED_FOR = timedelta(seconds=10)
_LISTED_FOR = timedelta(hours=1)
_DOUBTED_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Outcome:
    at: datetime
    answer: object
    error: SourceError | None


class Line:
    """A venue as ccxt speaks to it: `await line.ask(line.api.any_method(…))`.

    `ask` raises SourceDelayed, SourceRefused or SourceUnreadable and nothing else. `shared` asks
    once for what many markets need.
    """

    def __init__(self, venue: Venue, settings: CcxtSettings, pace: Pace, clock: Clock) -> None:
        self.venue = venue
        self.pace = pace
        self.clock = clock
        self.timeout_s = settings.timeout_s
        self._mirrors = {"http": settings.base_url, "ws": settings.ws_url}
        self.api = _client(venue, settings)
        self.api.urls["api"] = self.place(self.api.urls["api"])
        self._fetch = self.api.fetch
        self._handle_errors = self.api.handle_errors
        self.api.throttle = self._next_request_weighs
        self.api.fetch = self._paced_fetch
        self.api.handle_errors = self._judged_answer
        self._outcomes: dict[str, _Outcome] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @property
    def now_ms(self) -> int:
        """Our time, Unix ms."""
        return ms_of(self.clock.now())

    @property
    def their_ms(self) -> int:
        """The venue's time as far as its answers told, else ours; Unix ms."""
        skew_s = self.pace.condition.skew_s
        return self.now_ms + (0 if math.isnan(skew_s) else int(skew_s * 1000))

    async def ask(self, request: Awaitable[Answer]) -> Answer:
        """Await what ccxt asks; what it raises, or parses into nonsense, is raised as ours."""
        try:
            return await request
        except SourceError:
            raise  # counted where it arose
        except faults.RAISED as raised:
            error = faults.from_raised(self.venue.name, raised)
            self.pace.failed(error)
            raise error from raised

    async def shared(
        self,
        key: str,
        ask: Callable[[], Awaitable[Answer]],
        within: timedelta = _SHARED_FOR,
    ) -> tuple[int, Answer]:
        """Return an answer as fresh as that and when it came (Unix ms); ask only if there is none.

        Whoever waits while another asks gets what the other got, be it an error.
        """
        before = self._outcomes.get(key)
        async with self._locks.setdefault(key, asyncio.Lock()):
            known = self._outcomes.get(key)
            fresh = known and not known.error and self.clock.now() - known.at < within
            if known is None or not (fresh or known is not before):
                known = self._outcomes[key] = await self._outcome(ask)
        if known.error:
            raise known.error
        answer: Any = known.answer
        return ms_of(known.at), answer

    async def markets(self, within: timedelta = _LISTED_FOR) -> Mapping[str, Market]:
        """Return what the venue lists by unified symbol; the list is as fresh as it can be had."""
        try:
            await self.shared(_LISTING, lambda: self.ask(self._list()), within)
        except SourceError:
            if not self.api.markets:
                raise
        markets: Mapping[str, Market] = self.api.markets
        return markets

    async def market(self, instrument: Instrument, *, doubted: bool = False) -> Market:
        """Return a market that is traded; raise SourceRefused for any other.

        What is missing from a list, or doubted for another reason, is looked up in a fresh one.
        """
        for within in (_DOUBTED_FOR,) if doubted else (_LISTED_FOR, _DOUBTED_FOR):
            market = (await self.markets(within)).get(instrument.symbol)
            if market is not None and market["active"] is not False:
                return market
        error = SourceRefused(f"{self.venue.name} does not list {instrument.symbol} (any more)")
        self.pace.failed(error)
        raise error

    @property
    def session(self) -> "ClientSession":
        """Its connections, for what ccxt cannot be made to ask."""
        self.api.open()
        opened: ClientSession = self.api.session
        return opened

    def place(self, urls: Any) -> Any:  # noqa: ANN401 - a JSON tree
        """Return a tree of URLs, https://HOST/PATH as MIRROR/HOST/PATH where there is a mirror."""
        if isinstance(urls, Mapping):
            return {name: self.place(each) for name, each in urls.items()}
        scheme, _, rest = str(urls).partition("://")
        mirror = self._mirrors.get(scheme.removesuffix("s"))
        return urls if mirror is None else f"{mirror.rstrip('/')}/{rest}"

    async def close(self) -> None:
        """Close its connections."""
        await self.api.close()

    async def _list(self) -> None:
        found = await self.api.fetch_markets(dict(self.venue.listing))
        if not found:
            raise ValueError("no market at all")
        self.api.set_markets(found)

    async def _outcome(self, ask: Callable[[], Awaitable[object]]) -> _Outcome:
        try:
            answer = await ask()
        except SourceError as error:
            return _Outcome(self.clock.now(), None, error)
        return _Outcome(self.clock.now(), answer, None)

    async def _next_request_weighs(self, weight: float | None = None) -> None:
        # ccxt calls this in place of its own throttle, in the task that then fetches.
        _WEIGHT.set(1.0 if weight is None else float(weight))

    async def _paced_fetch(self, *request: object, **more: object) -> object:
        weigh = self.venue.weigh
        async with self.pace.turn(weigh(str(request[3])) if weigh else _WEIGHT.get()):
            _SENT_AT.set(self.clock.now())
            try:
                answer: object = await self._fetch(*request, **more)
            except faults.RAISED as error:
                raise faults.from_raised(self.venue.name, error) from error
            return answer

    def _judged_answer(self, *response: Any) -> None:  # noqa: ANN401 - as ccxt calls it
        """Raise what is wrong with an answer, before ccxt judges it by its status alone."""
        status, _, _, _, named, body, parsed, *_ = response
        headers = {name.lower(): value for name, value in named.items()}
        now = self.clock.now()
        self.pace.heard(headers, _SENT_AT.get(now), faults.http_date(headers.get("date", "")))
        error = faults.from_status(self.venue.name, status, headers, body, now)
        if error is None:
            error = self._fault_in(response)
        if error is None and parsed is None:
            error = SourceUnreadable(f"{self.venue.name} answered no JSON: {faults.excerpt(body)}")
        if isinstance(error, SourceDelayed) and error.kind in {"rate_limit", "banned"}:
            self.pace.stop(error.retry_at or now + faults.RATE_LIMITED)
        if error is not None:
            raise error

    def _fault_in(self, response: tuple[Any, ...]) -> SourceError | None:
        """Return what ccxt makes of a body that tells an error."""
        try:
            self._handle_errors(*response)
        except faults.RAISED as error:
            return faults.from_raised(self.venue.name, error)
        return None


def _client(venue: Venue, settings: CcxtSettings) -> Any:  # noqa: ANN401 - ccxt has no types
    """Return ccxt's client, keyless."""
    api = getattr(ccxt.pro, venue.ccxt_id)(
        {"timeout": int(settings.timeout_s * 1000), "options": dict(venue.options)}
    )
    api.has["fetchCurrencies"] = False  # needs a call, on some venues a key, and is of no use here
    api.timeout_on_exit = 0
    return api
