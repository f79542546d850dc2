"""A strict Bot API on loopback: `violations` has to be empty at the end of a test."""

import asyncio
import json
from collections.abc import Mapping
from inspect import isawaitable

from aiohttp import web

from liqbot.clock import Clock, SystemClock
from tests.fakes.faults import Json
from tests.fakes.listening import Listening
from tests.fakes.telegram.limits import Trouble, What
from tests.fakes.telegram.methods import METHODS
from tests.fakes.telegram.people import People
from tests.fakes.telegram.refusal import Refused, too_many
from tests.fakes.telegram.spec import Asked, Upload, spec
from tests.fakes.telegram.state import Call

TOKEN = "123456789:AAEhBOweik6ad9r-QXMENQjcrGbqCr4K-bc"
_MOST_BYTES = 60_000_000  # of a request


class TelegramServer(People, Listening):
    """Answers as Telegram does, over HTTP."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "liqbot_test_bot",
        clock: Clock | None = None,
        port: int = 0,
    ) -> None:
        """Serve one bot; skip the test where the official method list is not there."""
        super().__init__(spec(), token, username, clock or SystemClock())
        self.port = port
        self._ending = asyncio.Event()

    @property
    def url(self) -> str:
        """What the setting `base_url` is; requests go to `url`/bot<token>/method."""
        return f"http://127.0.0.1:{self.port}"

    def fail(
        self,
        method: str,
        what: What,
        times: int = 1,
        *,
        accepted: bool = False,
        retry_after: int = 1,
    ) -> None:
        """Spoil the next calls of a method: a status, "garbage", "timeout" or "reset".

        `accepted` calls take effect, and only their answer is lost.
        """
        self.troubles.standing.append(Trouble(method, what, times, accepted, retry_after))

    async def start(self) -> None:
        """Listen: on the port of before, or on any that is free."""
        app = web.Application(client_max_size=_MOST_BYTES)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._ending = asyncio.Event()
        await self._listen(app)

    async def stop(self) -> None:
        """Hang up; until it is started again, connections are refused."""
        self._ending.set()
        self.updates.drop_webhook()
        await self._hang_up()

    async def _download(self, request: web.Request) -> web.Response:
        kept = self.files.at(request.match_info["path"])
        if request.match_info["token"] != self.token or kept is None:
            return _answer(Refused(404, ""))
        return web.Response(body=kept.content, content_type="application/octet-stream")

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _answer(Refused(401, ""))
        method = request.match_info["method"]
        trouble = self.troubles.next(method)
        said, files = await _read(request)
        if delay := self.troubles.delay(method):
            await asyncio.sleep(delay)
        if trouble is not None and not trouble.accepted:
            status = trouble.what if isinstance(trouble.what, int) else 0
            self.note(Call(method, said, status, self.now(), f"{trouble.what} on purpose"))
            return await self._spoil(request, trouble)
        try:
            result = await self.answer(method, said, files)
        except Refused as refused:
            answer = _answer(refused)
        else:
            answer = web.json_response({"ok": True, "result": result})
        return answer if trouble is None else await self._spoil(request, trouble)

    async def answer(
        self, method: str, said: Mapping[str, Json], files: Mapping[str, Upload] | None = None
    ) -> Json:
        """Return the result of a call, as over HTTP; raise Refused. Either is remembered."""
        asked = Asked(method, dict(said), {})
        try:
            asked = self.spec.asked(method, said, files or {})
            result = await self._do(asked)
        except Refused as refused:
            if refused.violation:
                self.violations.append(f"{method}: {refused}")
            self.note(Call(method, asked.words, refused.status, self.now(), str(refused)))
            raise
        wrong = self.spec.wrong_answer(method, result)
        self.violations += [f"the server itself: {each}" for each in wrong]
        self.note(Call(method, asked.words, 200, self.now()))
        return result

    async def _do(self, asked: Asked) -> Json:
        if asked.method not in METHODS:
            raise Refused(404, f"this server does not speak {asked.method} yet", violation=True)
        result = METHODS[asked.method](self, asked)
        return await result if isawaitable(result) else result

    async def _spoil(self, request: web.Request, trouble: Trouble) -> web.StreamResponse:
        match trouble.what:
            case "garbage":
                return web.Response(text="<html>It works!</html>", content_type="text/html")
            case "timeout":
                await self._ending.wait()
            case 429:
                self.limits.refused += 1
                return _answer(too_many(trouble.retry_after))
            case int(status):
                return _answer(Refused(status, ""))
        assert request.transport is not None
        request.transport.abort()
        return web.Response()


async def _read(request: web.Request) -> tuple[dict[str, Json], dict[str, Upload]]:
    """Return the words and the files of a request."""
    said: dict[str, Json] = dict(request.query)
    files = {}
    if request.content_type == "application/json":
        return said | await request.json(), {}
    for name, part in (await request.post()).items():
        if isinstance(part, web.FileField):
            files[name] = Upload(part.filename, part.content_type, part.file.read())
        else:
            said[name] = part
    return said, files


def _answer(refused: Refused) -> web.Response:
    return web.Response(
        text=json.dumps(refused.body), status=refused.status, content_type="application/json"
    )
