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

from liqbot.chat.message import Attachment, ChatId, Message
from liqbot.chat.richtext import Bold, Dim, Line, Span, letters
from liqbot.commands.command import Caller
from liqbot.errors import DeliveryError, DeliveryRefused
from liqbot.platforms._inline import inline
from liqbot.platforms._lines import lines
from liqbot.platforms.platform import Connection, Platform, Reception

_LOG = logging.getLogger(__name__)
_QUIT = {"quit", "exit", "/quit", "/exit"}
_PROMPT = "> "
_CLEAR = "\r\x1b[K"  # the line that the cursor is in
_CALLER = Caller(chat=ChatId("console", "here"), user="operator", is_admin=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The terminal that the bot runs in."""

    pictures: Annotated[
        Path | None, "Folder for pictures and files; one in the state folder without."
    ] = None
    transcript: Annotated[
        bool, "Repeat what was asked and name files without their folder, to compare two runs."
    ] = False


class Console:
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
        self._reception = reception
        self._folder = folder
        self._asked = asked
        self._told = told
        self._transcript = transcript
        self._is_terminal = told.isatty() and not transcript
        self._can_be_typed = asked is not None and os.isatty(asked)
        self._is_prompted = False  # nothing has been said since the prompt
        self._count = 0

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

    async def send(self, chat: ChatId, message: Message) -> str:
        """Write a message, in place of a prompt and before a new one; return its number.

        Raise DeliveryRefused where nobody reads.
        """
        del chat
        parts = ["".join(map(self._dressed, line)).rstrip() for line in message.text]
        files = [each for each in (message.picture, message.document) if each is not None]
        parts += [await self._shown(each) for each in files]
        if self._transcript:
            parts += [
                " ".join(f"[{each.label}: {each.words}]" for each in row) for row in message.buttons
            ]
        text = "\n".join(parts) + "\n\n"
        self._write(f"{_CLEAR}{text}{_PROMPT}" if self._is_prompted else text)
        self._count += 1
        return str(self._count)

    async def edit(self, chat: ChatId, sent: str, message: Message) -> None:
        """Write a message again, saying which it replaces; raise DeliveryRefused like `send`."""
        replaced: Line = (Dim(f"Instead of message {sent}:"),)
        await self.send(chat, Message(text=(replaced, *message.text), picture=message.picture))

    async def _respond(self, line: str) -> None:
        message = await self._reception.answer(_CALLER, line)
        try:
            if self._transcript:
                self._write(f"{_PROMPT}{_visible(line.strip())}\n")
            await self.send(_CALLER.chat, message)
        except DeliveryError as error:
            _LOG.warning("an answer was not shown", extra={"reason": str(error)})

    def _prompt(self) -> None:
        if self._can_be_typed and self._is_terminal:
            self._is_prompted = True
            with suppress(DeliveryRefused):
                self._write(_PROMPT)

    def _write(self, text: str) -> None:
        try:
            self._told.write(text)
            self._told.flush()
        except (OSError, ValueError) as error:
            raise DeliveryRefused(f"Nobody reads the terminal any more: {error}.") from error

    def _dressed(self, span: Span) -> str:
        text = _visible(letters(span))
        if not self._is_terminal:
            return text
        match span:
            case Bold():
                return f"\x1b[1m{text}\x1b[22m"
            case Dim():
                return f"\x1b[2m{text}\x1b[22m"
            case _:
                return text

    async def _shown(self, attachment: Attachment) -> str:
        """Keep a file; return where it is, below itself where the terminal can show it."""
        try:
            path = await asyncio.to_thread(_kept, self._folder, attachment)
        except OSError as error:
            reason = error.strerror or error
            raise DeliveryRefused(f"{attachment.name} cannot be kept: {reason}.") from error
        if self._transcript:
            return f"[{path.name}] {attachment.alt}".rstrip()
        shown = inline(attachment.content, os.environ) if self._is_terminal else ""
        return f"{shown}{path}"


def _kept(folder: Path, attachment: Attachment) -> Path:
    """Write a file under its name, or with a number behind it where there is another already."""
    folder.mkdir(parents=True, exist_ok=True)
    name = Path(Path(attachment.name).name)
    path, number = folder / name, 1
    while path.exists() and path.read_bytes() != attachment.content:
        number += 1
        path = folder / f"{name.stem}-{number}{name.suffix}"
    path.write_bytes(attachment.content)
    return path


def _visible(text: str) -> str:
    """Return text that cannot command the terminal."""
    return "".join(each if each.isprintable() else "·" for each in text)


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
