"""Messages as lines of text, pictures and files into a folder."""

import asyncio
import os
from pathlib import Path
from typing import TextIO

from liqbot.chat.message import Attachment, ChatId, Message
from liqbot.chat.richtext import Bold, Dim, Line, Span, letters
from liqbot.errors import DeliveryRefused
from liqbot.platforms._inline import inline


class Printer:
    """A messenger that writes to a stream.

    A transcript has neither colours nor folders, to compare two runs.
    """

    def __init__(self, folder: Path, told: TextIO, *, transcript: bool, count: int = 0) -> None:
        """Write to a stream, after so many messages."""
        self._is_terminal = told.isatty() and not transcript
        self._folder, self._told, self._transcript, self._count = folder, told, transcript, count

    async def send(self, chat: ChatId, message: Message) -> str:
        """Write a message; return its number.

        Raise DeliveryRefused where nobody reads.
        """
        del chat
        await self._print(message, number := self._count + 1)
        self._count = number
        return str(number)

    async def edit(self, chat: ChatId, sent: str, message: Message) -> None:
        """Write a message again, saying which it replaces; raise DeliveryRefused like `send`."""
        del chat
        replaced: Line = (Dim(f"Instead of message {sent}:"),)
        await self._print(Message(text=(replaced, *message.text), picture=message.picture), None)

    async def _print(self, message: Message, number: int | None) -> None:
        parts = ["".join(map(self._dressed, line)).rstrip() for line in message.text]
        files = [each for each in (message.picture, message.document) if each is not None]
        parts += [await self._shown(each) for each in files]
        if self._transcript:
            parts += [
                " ".join(f"[{each.label}: {each.words}]" for each in row) for row in message.buttons
            ]
        text = "\n".join(parts) + "\n\n"
        self._write(self._framed(text, number))

    def _framed(self, text: str, number: int | None) -> str:
        """Return what is written around a message with it; one that replaces another has none."""
        del number
        return text

    def _write(self, text: str) -> None:
        try:
            self._told.write(text)
            self._told.flush()
        except (OSError, ValueError) as error:
            raise DeliveryRefused(f"Nobody reads the terminal any more: {error}.") from error

    def _dressed(self, span: Span) -> str:
        text = visible(letters(span))
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


def visible(text: str) -> str:
    """Return text that cannot command the terminal."""
    return "".join(each if each.isprintable() else "·" for each in text)
