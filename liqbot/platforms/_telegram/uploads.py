"""Files that Telegram has already: what many chats are sent is carried there once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from hashlib import sha256
from typing import Literal

from telegram import Message as Sent
from telegram.error import BadRequest

from liqbot.chat.message import Attachment

Kind = Literal["photo", "animation", "document"]
Call = Callable[[bytes | str], Awaitable[Sent]]

_MOST = 512  # files remembered
_PATIENCE_S = 3.0  # whoever uploads may wait for the turn of a slow chat


class Uploads:
    """Remembers under which name Telegram keeps a file; the least lately used is forgotten."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, str] = OrderedDict()
        self._under_way: dict[str, tuple[float, asyncio.Event]] = {}  # since when

    async def send(self, kind: Kind, file: Attachment, call: Call) -> Sent:
        """Call with a file's name where Telegram has it, with its content else.

        Of many who send the same at once one uploads it, and the others wait for that. Raise what
        the call raises.
        """
        key = f"{kind} {file.name} {await asyncio.to_thread(_digest, file.content)}"
        while True:
            if (name := self._names.get(key)) is not None:
                self._names.move_to_end(key)
                try:
                    return await call(name)
                except BadRequest as error:
                    if "file identifier" not in str(error):
                        raise
                    self._names.pop(key, None)  # another server, or it has forgotten
            now = asyncio.get_running_loop().time()
            since, done = self._under_way.get(key, (-_PATIENCE_S, None))
            if done is None or now - since >= _PATIENCE_S:
                return await self._upload(kind, key, file.content, call)
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), since + _PATIENCE_S - now)

    async def _upload(self, kind: Kind, key: str, content: bytes, call: Call) -> Sent:
        mine = asyncio.get_running_loop().time(), asyncio.Event()
        self._under_way[key] = mine
        try:
            sent = await call(content)
            if (name := _name(kind, sent)) is not None:
                self._names[key] = name
                if len(self._names) > _MOST:
                    self._names.popitem(last=False)
            return sent
        finally:
            if self._under_way.get(key) is mine:
                del self._under_way[key]
            mine[1].set()


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _name(kind: Kind, sent: Sent) -> str | None:
    if kind == "photo":
        return sent.photo[-1].file_id if sent.photo else None
    file = sent.animation if kind == "animation" else sent.document
    return file.file_id if file else None
