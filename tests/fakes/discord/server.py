"""Discord on a loopback port: gateway and REST, as strict as its own document."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import BodyPartReader, web

from liqbot.clock import Clock, SteppedClock
from tests.fakes.discord.asking import Answer, Ask
from tests.fakes.discord.audience import Audience
from tests.fakes.discord.buckets import Buckets, limited, refused
from tests.fakes.discord.callbacks import CALLBACKS
from tests.fakes.discord.endpoints import ENDPOINTS
from tests.fakes.discord.faults import PAGE, Fault, Faults
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.moderation import Moderation
from tests.fakes.discord.oracle import Oracle
from tests.fakes.discord.places import Channel
from tests.fakes.discord.posting import Upload
from tests.fakes.discord.realm import Realm
from tests.fakes.discord.refusal import Refusal
from tests.fakes.faults import Json, half
from tests.fakes.listening import Listening
from tests.waiting import PATIENCE_S

TOKEN = "MTAw.liqbot.of-the-tests"
_API, _KEPT, _LARGEST = "/api/v10", 100_000, 30 * 1024 * 1024
_AT = datetime(2026, 1, 7, 2, tzinfo=UTC)
_LOOK = 0.02  # s between looks at what no request tells of
_OPEN = ("/interactions/", "/webhooks/{webhook_id}/{webhook_token}", "/gateway")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that came, and how it was answered."""

    operation: str  # "POST /channels/{channel_id}/messages"
    words: Mapping[str, str]
    body: Json
    files: tuple[str, ...]
    status: int  # 0 where it was never answered
    at_s: float  # of the loop
    fault: str | None


class DiscordServer(Audience, Moderation, Listening):
    """Answers as Discord does, strictly: `violations` has to be empty at the end of a test."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        token: str = TOKEN,
        pace: float = 1.0,
        ack_s: float = PATIENCE_S,
        checking: bool = False,
    ) -> None:
        """Rate windows are `pace` of the real ones; with `checking` own answers are judged too.

        Without a clock no time passes, so that nothing is too late on a machine that stalls.
        """
        self.realm = Realm(clock or SteppedClock(_AT), token)
        self.gateway, self.faults = Gateway(self.realm), Faults()
        self.buckets = Buckets(lambda: asyncio.get_running_loop().time(), pace)
        self.oracle, self.checking, self.ack_s = Oracle.read(), checking, ack_s
        self.requests: deque[Asked] = deque(maxlen=_KEPT)

    @property
    def api_url(self) -> str:
        """What `discord.http.Route.BASE` is set to."""
        return f"http://127.0.0.1:{self.port}{_API}"

    @property
    def gateway_url(self) -> str:
        """What `discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY` is set to."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def violations(self) -> list[str]:
        """What a program that behaves does not do."""
        return self.realm.violations

    def transcript(self, channel: Channel | None = None) -> str:
        """Return what people saw, everywhere or in one channel; the same in every run."""
        return self.realm.transcript.text(channel.title if channel else None)

    def count(self, operation: str | None = None, status: int | None = None) -> int:
        """Count the requests that came."""
        return sum(
            operation in {None, each.operation} and status in {None, each.status}
            for each in self.requests
        )

    async def until(self, holds: Callable[[], object], seconds: float = PATIENCE_S) -> None:
        """Wait until something holds, on either side."""
        async with asyncio.timeout(seconds):
            while not holds():
                self.gateway.changed.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.gateway.changed.wait(), _LOOK)

    async def connected(self, shards: int = 1, seconds: float = PATIENCE_S) -> None:
        """Wait until that many shards listen."""
        await self.until(lambda: self.gateway.connected >= shards, seconds)

    async def start(self) -> None:
        """Listen: on the port of before, or on any that is free."""
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_get("/", self.gateway.serve)
        app.router.add_get("/resume/", self.gateway.serve)
        app.router.add_get("/resume", self.gateway.serve)
        app.router.add_get("/attachments/{path:.*}", self._file)
        app.router.add_route("*", "/{path:.*}", self._serve)
        await self._listen(app)
        self.realm.url = f"http://127.0.0.1:{self.port}"
        self.gateway.url = self.gateway_url

    async def stop(self) -> None:
        """Hang up; until it is started again, connections are refused."""
        await self.gateway.stop()
        await self._hang_up()

    async def _file(self, request: web.Request) -> web.Response:
        found = self.realm.files.get(request.path)
        if found is None:
            return web.Response(status=404)
        return web.Response(body=found.data, content_type=found.kind)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(_API)
        found = self.oracle.find(request.method, path)
        if found is None or not request.path.startswith(_API):
            self.realm.violate(f"nothing is at {request.method} {request.path}")
            return _json(Reply(404, {"message": "404: Not Found", "code": 0}))
        body, uploads = await _read(request)
        ask = Ask(
            realm=self.realm,
            operation=found[0],
            words=found[1],
            query=dict(request.query),
            body=body,
            uploads=uploads,
        )
        fault, reply = self.faults.take(ask.operation.name), Reply(0)
        if fault is None or fault.kind in {"slow", "dropped", "garbage", "html"}:
            token = request.headers.get("Authorization", "")
            reply = self._answer(ask, token.removeprefix("Bot "))
        self._note(ask, _told(fault, reply.status), fault)
        if fault is None:
            return _json(reply)
        return await self._spoilt(request, fault, reply, ask.operation.name)

    def _answer(self, ask: Ask, token: str) -> "Reply":
        verdict = self.buckets.take(ask.operation.name, ask.words)
        if not ask.operation.template.startswith(_OPEN) and token != self.realm.token:
            return Reply(401, {"message": "401: Unauthorized", "code": 0})
        if verdict.retry_after is not None:
            return Reply(429, verdict.body, verdict.headers)
        try:
            body = self._asked(ask)
        except Refusal as refusal:
            if refusal.blames:
                self.realm.violate(f"{ask.operation.name}: {refusal}")
            return Reply(refusal.status, refusal.body, verdict.headers)
        status = 200 if body is not None else 204
        if self.checking:
            for mistake in self.oracle.mistakes(ask.operation, status, body):
                self.realm.violate(f"the fake itself, {ask.operation.name}: {mistake}")
        return Reply(status, body, verdict.headers)

    def _asked(self, ask: Ask) -> Json | None:
        wrong = [*self.oracle.complaints(ask.operation, ask.words, ask.query, ask.body)]
        answering = {**ENDPOINTS, **CALLBACKS, **self._own}.get(ask.operation.name)
        if answering is None:
            wrong.append("this fake does not answer it")
        if wrong or answering is None:
            raise Refusal(50035, "; ".join(wrong))
        return answering(ask)

    @property
    def _own(self) -> Mapping[str, Answer]:
        url, gateway = {"url": self.gateway_url}, self.gateway
        limit = {"total": 1000, "remaining": gateway.starts_left, "reset_after": 14_400_000}
        limit["max_concurrency"] = gateway.max_concurrency
        told = url | {"shards": gateway.shards, "session_start_limit": limit}
        return {"GET /gateway": lambda _: url, "GET /gateway/bot": lambda _: told}

    async def _spoilt(
        self, request: web.Request, fault: Fault, reply: "Reply", operation: str
    ) -> web.StreamResponse:
        """Answer as a fault wants it."""
        kind = fault.kind
        if kind == "slow":
            await asyncio.sleep(fault.seconds)
            return _json(reply)
        if kind in {"dropped", "refused"}:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        if kind in {"429", "429 global"}:
            overall = kind == "429 global"
            headers = refused(fault.retry_after, 5, "" if overall else operation)
            return _json(Reply(429, limited(fault.retry_after, overall=overall), headers))
        if kind == "garbage":
            text = half(json.dumps(reply.body))
            return web.Response(text=text, status=reply.status, content_type="text/plain")
        page = {"html": reply.status, "429 cloudflare": 429}.get(kind) or int(kind)
        return web.Response(text=PAGE, status=page, content_type="text/html")

    def _note(self, ask: Ask, status: int, fault: Fault | None) -> None:
        asked = Asked(
            operation=ask.operation.name,
            words=ask.words,
            body=ask.body,
            files=tuple(each.name for each in ask.uploads),
            status=status,
            at_s=asyncio.get_running_loop().time(),
            fault=fault.kind if fault else None,
        )
        self.requests.append(asked)
        self.gateway.changed.set()


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, body, of which None is no body, and headers."""

    status: int
    body: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def _told(fault: Fault | None, status: int) -> int:
    """Return the status that the asker reads; 0 where it reads none."""
    if fault is None or fault.kind in {"slow", "garbage", "html"}:
        return status
    return 0 if fault.kind in {"dropped", "refused"} else int(fault.kind.split(" ")[0])


def _json(reply: Reply) -> web.Response:
    if reply.status == 204:
        return web.Response(status=204, headers=reply.headers)
    # discord.py reads JSON only where the type says nothing of a charset.
    headers = {**reply.headers, "Content-Type": "application/json"}
    body = json.dumps(reply.body).encode()
    return web.Response(body=body, status=reply.status, headers=headers)


async def _read(request: web.Request) -> tuple[Json, list[Upload]]:
    """Return the JSON of a request, None where there is none, and its files."""
    if not request.can_read_body:
        return None, []
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return (json.loads(text) if text else None), []
    body: Json = None
    uploads = []
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        if part.name == "payload_json":
            body = json.loads(await part.text())
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            number = (part.name or "").removeprefix("files[").removesuffix("]")
            data = bytes(await part.read(decode=False))
            uploads.append(Upload(number=number, name=part.filename or "", kind=kind, data=data))
    return body, uploads
