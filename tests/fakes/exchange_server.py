"""All eight exchanges on one loopback port, told apart by the host that leads the path."""

import argparse
import asyncio
import json
import re
from collections import Counter, deque
from contextlib import suppress
from dataclasses import asdict, dataclass
from email.utils import format_datetime
from importlib import import_module

from aiohttp import web

from liqbot.market.units import moment_of
from tests.fakes.asking import Ask, Refusal, Route, Unlisted, Wire
from tests.fakes.faults import HTML, IN_THE_ROWS, ON_THE_WIRE, Fault, Faults, Json, half, spoilt
from tests.fakes.listening import Listening
from tests.fakes.sockets import Sockets
from tests.fakes.world import RunningClock, World

VENUES = ("binance", "bybit", "okx", "bitget", "hyperliquid", "gate", "dydx", "deribit")
_KEPT = 200_000  # requests that are remembered
_UNANSWERED = ("timeout", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question that came, and how it was answered."""

    at_ms: int  # Unix ms of the world
    venue: str
    endpoint: str
    market: str | None  # base; None where it is about many, or not known
    path: str
    words: dict[str, Json]
    status: int  # 0 where it was never answered, 101 for what was said on a socket
    fault: str | None


class ExchangeServer(Listening):
    """Answers as the venues do, strictly: `violations` has to be empty at the end of a test."""

    def __init__(self, world: World, *, port: int = 0, enforcing: bool = False) -> None:
        """Serve a world; with `enforcing`, more weight in a minute than allowed is answered 429."""
        self.world, self.enforcing = world, enforcing
        self.faults = Faults(lambda: world.now_ms)
        self.sockets = Sockets(world, self.faults)
        self.requests: deque[Asked] = deque(maxlen=_KEPT)
        self.violations: list[str] = []
        self.port = port
        wires = [import_module(f"tests.fakes.wire.{name}").WIRE for name in VENUES]
        self._hosts: dict[str, Wire] = {host: wire for wire in wires for host in wire.hosts}
        self._used: dict[str, deque[tuple[float, int]]] = {wire.name: deque() for wire in wires}
        self._came, self._ending = asyncio.Event(), asyncio.Event()

    @property
    def url(self) -> str:
        """What `https:/` of a venue's address is rewritten to."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        """What `wss:/` of a venue's address is rewritten to."""
        return f"ws://127.0.0.1:{self.port}"

    def count(
        self, venue: str | None = None, endpoint: str | None = None, market: str | None = None
    ) -> int:
        """Count the questions that came."""
        return sum(
            venue in {None, each.venue}
            and endpoint in {None, each.endpoint}
            and market in {None, each.market}
            for each in self.requests
        )

    async def until_asked(self, venue: str, endpoint: str, times: int = 1) -> None:
        """Wait until a question came that often."""
        while self.count(venue, endpoint) < times:
            self._came.clear()
            await self._came.wait()

    async def start(self) -> None:
        """Listen: on the port given or that of before, or on any that is free."""
        app = web.Application()
        app.router.add_get("/control", self._report)
        app.router.add_post("/control/faults", self._put_in)
        app.router.add_delete("/control/faults", self._mend)
        app.router.add_route("*", "/{host}/{path:.*}", self._serve)
        self._ending = asyncio.Event()
        await self._listen(app)
        self.sockets.start()

    async def stop(self) -> None:
        """Hang up; until it is started again, connections are refused."""
        self._ending.set()
        await self.sockets.stop()
        await self._hang_up()

    async def _report(self, _: web.Request) -> web.Response:
        asked = Counter(f"{each.venue} {each.endpoint}" for each in self.requests)
        report = {
            "now_ms": self.world.now_ms,
            "requests": asked,
            "violations": self.violations,
            "faults": [asdict(each) for each in self.faults.standing],
        }
        return web.json_response(report)

    async def _put_in(self, request: web.Request) -> web.Response:
        self.faults.add(Fault(**await request.json()))
        return web.Response(status=204)

    async def _mend(self, _: web.Request) -> web.Response:
        self.faults.clear()
        return web.Response(status=204)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        wire = self._hosts.get(request.match_info["host"])
        path = "/" + request.match_info["path"]
        if wire is None:
            self.violations.append(f"nobody is at {request.path}")
            return web.json_response({"error": "no such host"}, status=404)
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._talk(wire, path, request)
        body = await request.json() if request.can_read_body else {}
        path = wire.path(path, body)
        found = wire.route(request.method, path)
        if found is None:
            self.violations.append(f"{wire.name} has no {request.method} {path}")
            return web.json_response({"error": "no such path"}, status=404)
        route, words = found
        words |= {**request.query, **body}
        return await self._answer(wire, route, words, request)

    async def _answer(
        self, wire: Wire, route: Route, words: dict[str, Json], request: web.Request
    ) -> web.StreamResponse:
        ask = Ask(
            venue=wire.name,
            endpoint=route.endpoint,
            world=self.world,
            faults=self.faults,
            words=words,
            violations=self.violations,
        )
        used = self._weigh(wire, route.weight(words))
        body, status = _judged(wire, route, ask)
        fault = self.faults.find(ON_THE_WIRE, wire.name, ask.endpoint, ask.market)
        if self.enforcing and used > wire.budget:
            fault = Fault(kind="429", retry_after=1)
        spoils = self.faults.find(IN_THE_ROWS, wire.name, ask.endpoint, ask.market)
        if spoils is not None and status == 200:
            body = spoilt(body, spoils.kind)
        kind = fault.kind if fault else spoils.kind if spoils else None
        if kind is not None and kind.isdecimal():
            status, body = int(kind), wire.limited
        self._note(ask, request.path, 0 if kind in _UNANSWERED else status, kind)
        headers = {
            "Date": format_datetime(moment_of(ask.now_ms), usegmt=True),
            **wire.headers(used, ask.now_ms),
        }
        if fault is not None and fault.retry_after is not None:
            headers["Retry-After"] = str(fault.retry_after)
        if fault is not None:
            await self._hold_up(fault, request)
        text = json.dumps(body, separators=(",", ":"))
        mime = "text/html" if kind == "html" else "application/json"
        text = HTML if kind == "html" else half(text) if kind == "truncated" else text
        return web.Response(text=text, status=status, content_type=mime, headers=headers)

    async def _hold_up(self, fault: Fault, request: web.Request) -> None:
        """Wait as a fault wants it; where it leaves no answer, cut the connection."""
        if fault.kind in {"slow", "timeout"}:
            with suppress(TimeoutError):
                wait = fault.seconds if fault.kind == "slow" else None
                await asyncio.wait_for(self._ending.wait(), wait)
        if fault.kind in _UNANSWERED and request.transport is not None:
            request.transport.abort()

    async def _talk(self, wire: Wire, path: str, request: web.Request) -> web.StreamResponse:
        ask = Ask(
            venue=wire.name,
            endpoint="tape",
            world=self.world,
            faults=self.faults,
            words={},
            violations=self.violations,
        )
        if not any(re.fullmatch(pattern, path) for pattern in wire.lines):
            self.violations.append(f"{wire.name} has no socket at {path}")
            return web.Response(status=404)
        fault = self.faults.find(ON_THE_WIRE, wire.name, "tape", None)
        if fault is not None:
            await self._hold_up(fault, request)
            return web.Response(status=int(fault.kind) if fault.kind.isdecimal() else 503)

        def hears(text: str) -> None:
            self._note(ask, f"{request.path} {text}", 101, None)

        return await self.sockets.talk(wire, path, request, hears, ask.violate)

    def _note(self, ask: Ask, path: str, status: int, fault: str | None) -> None:
        asked = Asked(
            at_ms=self.world.now_ms,
            venue=ask.venue,
            endpoint=ask.endpoint,
            market=ask.market,
            path=path,
            words=ask.words,
            status=status,
            fault=fault,
        )
        self.requests.append(asked)
        self._came.set()

    def _weigh(self, wire: Wire, weight: int) -> int:
        """Count a question's weight; return the sum over the venue's window, of the wall."""
        used, now = self._used[wire.name], asyncio.get_running_loop().time()
        used.append((now, weight))
        while used[0][0] < now - wire.window_s:
            used.popleft()
        return sum(each for _, each in used)


def _judged(wire: Wire, route: Route, ask: Ask) -> tuple[Json, int]:
    """Return the answer and its status; words that were not understood are violations."""
    try:
        body, status = route.answer(ask), 200
    except Unlisted:
        refusal = wire.unknown(ask)
        body, status = refusal.body, refusal.status
    except Refusal as refusal:
        body, status = refusal.body, refusal.status
    else:
        for word in sorted(ask.unread()):
            ask.violate(f"{word}={ask.words[word]} means nothing there")
    return body, status


async def _run(options: argparse.Namespace) -> None:
    clock = RunningClock(options.speed)
    ahead_days = options.ahead_hours * options.speed / 24
    world = World(
        clock,
        seed=options.seed,
        days=options.days,
        ahead_days=ahead_days,
        markets=options.markets,
    )
    async with ExchangeServer(world, port=options.port) as server:
        print(server.url, flush=True)  # noqa: T201 - whoever started it reads where it is
        await asyncio.Event().wait()


def main() -> None:
    """Serve a world of its own until killed; say where in one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--days", type=float, default=3.0, help="of history at the start")
    parser.add_argument("--markets", type=int, default=5, help="1 … 20")
    parser.add_argument("--speed", type=float, default=1.0, help="seconds of the world in one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ahead-hours", type=float, default=6.0, help="of the wall to run for")
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
