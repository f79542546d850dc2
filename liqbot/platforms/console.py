"""A terminal: asked on stdin, answered on stdout, pictures into a folder."""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TextIO

from liqbot.chat.message import ChatId
from liqbot.commands.command import Caller
from liqbot.errors import DeliveryError, DeliveryRefused
from liqbot.platforms._lines import lines
from liqbot.platforms._printing import Printer, visible
from liqbot.platforms.platform import Connection, Platform, Reception

_LOG = logging.getLogger(__name__)
_QUIT = {"quit", "exit", "/quit", "/exit"}
_PROMPT = "> "
_CLEAR = "\r\x1b[K"  # the line that the cursor is in
_USER = "operator"
_CALLER = Caller(chat=ChatId.private("console", _USER), user=_USER, is_admin=True, is_owner=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The terminal that the bot runs in."""

    pictures: Annotated[
        Path | None, "Folder for pictures and files; one in the state folder without."
    ] = None
    transcript: Annotated[
        bool, "Repeat what was asked and name files without their folder, to compare two runs."
    ] = False


class Console(Printer):
    """One terminal, or two pipes."""

    def __init__(
        self,
        reception: Reception,
        folder: Path,
        asked: int | None,
        told: TextIO,
        *,
        transcript: bool = False,
    ) -> None:
        """Read from a descriptor (None: nobody can ask) and write to a stream."""
        super().__init__(folder, told, transcript=transcript)
        self._reception = reception
        self._asked = asked
        self._can_be_typed = asked is not None and os.isatty(asked)
        self._is_prompted = False  # nothing has been said since the prompt

    async def listen(self) -> None:
        """Answer each line until one says quit, or until a terminal is closed.

        Where a pipe ends nobody can ask any more, and the bot goes on.
        """
        if self._asked is not None:
            self._prompt()
            async for line in lines(self._asked):
                self._is_prompted = False
                if line.strip().lower() in _QUIT:
                    return
                if line.strip():
                    await self._respond(line)
                self._prompt()
            if self._can_be_typed:
                return
        await asyncio.Event().wait()

    async def _respond(self, line: str) -> None:
        message = await self._reception.answer(_CALLER, line)
        try:
            if self._transcript:
                self._write(f"{_PROMPT}{visible(line.strip())}\n")
            await self.send(_CALLER.chat, message)
        except DeliveryError as error:
            _LOG.warning("an answer was not shown", extra={"reason": str(error)})

    def _prompt(self) -> None:
        if self._can_be_typed and self._is_terminal:
            self._is_prompted = True
            with suppress(DeliveryRefused):
                self._write(_PROMPT)

    def _framed(self, text: str, number: int | None) -> str:
        """Write in place of a prompt, and before a new one."""
        del number
        return f"{_CLEAR}{text}{_PROMPT}" if self._is_prompted else text


def _descriptor(stream: TextIO | None) -> int | None:
    """Return the descriptor of a stream, None where there is none."""
    try:
        return stream.fileno() if stream is not None else None
    except (OSError, ValueError):
        return None


@asynccontextmanager
async def _open(settings: Settings, reception: Reception) -> AsyncIterator[Connection]:
    folder = settings.pictures or reception.folder / "pictures"
    yield Console(
        reception,
        folder,
        _descriptor(sys.stdin),
        sys.stdout,
        transcript=settings.transcript,
    )


PLATFORM = Platform(
    name="console",
    summary="The terminal that the bot runs in; pictures into a folder",
    settings=Settings,
    open=_open,
)
