"""The console over pipes, as a shell would run it."""

import asyncio
import io
import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from liqbot.chat.message import Attachment, Button, ChatId, Message
from liqbot.chat.richtext import Bold, Code, Dim
from liqbot.desk import Desk
from liqbot.errors import DeliveryRefused
from liqbot.platforms import PLATFORMS
from liqbot.platforms.console import Console, Settings
from tests.fakes.desk import PNG, a_reception
from tests.waiting import soon, until

CHAT = ChatId("console", "here")
PICTURE = "btc-heatmap-20260107-0200.png"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


@dataclass
class Asking:
    """A console on a pipe."""

    console: Console
    told: io.StringIO
    writing: int

    def type(self, text: str) -> None:
        os.write(self.writing, text.encode())

    def close(self) -> None:
        with suppress(OSError):
            os.close(self.writing)


def a_console(
    folder: Path,
    asked: int | None = None,
    told: io.StringIO | None = None,
    *,
    desk: Desk | None = None,
    transcript: bool = False,
) -> Console:
    reception = a_reception(folder, desk)
    stream = io.StringIO() if told is None else told
    return Console(reception, folder, asked, stream, transcript=transcript)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@contextmanager
def asking(
    folder: Path,
    *,
    told: io.StringIO | None = None,
    desk: Desk | None = None,
    transcript: bool = False,
) -> Iterator[Asking]:
    reading, writing = os.pipe()
    told = io.StringIO() if told is None else told
    found = Asking(
        a_console(folder, reading, told, desk=desk, transcript=transcript), told, writing
    )
    try:
        yield found
    finally:
        found.close()
        os.close(reading)


async def test_lines_are_answered_in_order_until_one_says_quit(tmp_path: Path) -> None:
    with asking(tmp_path) as here:
        here.type("status\n\n  /HELP heatmap \nquit\nlevels btc\n")
        await soon(here.console.listen())
        told = here.told.getvalue()
    assert told.startswith("All 3 venues fine")
    assert "/heatmap Draw where" in told
    assert "liquidation levels" not in told
    assert "\x1b" not in told


async def test_a_picture_goes_into_the_folder_and_its_path_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    with asking(folder) as here:
        here.type("heatmap BTC\nquit\n")
        await soon(here.console.listen())
        assert here.told.getvalue().rstrip().endswith(str(folder / PICTURE))
    assert (folder / PICTURE).read_bytes() == PNG


async def test_the_same_picture_is_kept_once_and_another_beside_it(tmp_path: Path) -> None:
    console = a_console(tmp_path)
    for content in (b"one", b"one", b"two", b"three", b"two"):
        drawn = Attachment(name=f"../{PICTURE}", content=content)
        await console.send(CHAT, Message(text=(), picture=drawn))
    stem = PICTURE.removesuffix(".png")
    assert contents(tmp_path) == {
        PICTURE: b"one",
        f"{stem}-2.png": b"two",
        f"{stem}-3.png": b"three",
    }


async def test_where_a_pipe_ends_the_bot_goes_on(tmp_path: Path) -> None:
    with asking(tmp_path) as here:
        here.type("status")
        here.close()
        listening = asyncio.ensure_future(here.console.listen())
        await until(lambda: here.told.getvalue().startswith("All 3 venues fine"))
        await asyncio.sleep(0)
        assert not listening.done()
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening


async def test_where_nobody_can_ask_it_waits_to_be_stopped(tmp_path: Path) -> None:
    listening = asyncio.ensure_future(a_console(tmp_path).listen())
    await asyncio.sleep(0)
    assert not listening.done()
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await soon(listening)


async def test_a_terminal_that_is_closed_stops_the_bot(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    told = Terminal()
    try:
        listening = asyncio.ensure_future(a_console(tmp_path, theirs, told).listen())
        os.write(ours, b"status\n\x04")
        await soon(listening)
    finally:
        os.close(ours)
        os.close(theirs)
    assert told.getvalue().startswith("> \x1b[1mAll 3 venues fine")
    assert told.getvalue().endswith("\n\n> ")


async def test_what_comes_unasked_takes_the_place_of_the_prompt(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    told = Terminal()
    try:
        console = a_console(tmp_path, theirs, told)
        listening = asyncio.ensure_future(console.listen())
        await asyncio.sleep(0)
        await console.send(CHAT, Message(text=(("An alert",),)))
        os.write(ours, b"quit\n")
        await soon(listening)
        await console.send(CHAT, Message(text=(("The last word",),)))
    finally:
        os.close(ours)
        os.close(theirs)
    assert told.getvalue() == "> \r\x1b[KAn alert\n\n> The last word\n\n"


async def test_a_transcript_is_the_same_wherever_it_is_written(tmp_path: Path) -> None:
    found = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        with asking(folder, told=Terminal(), transcript=True) as here:
            here.type("heatmap btc 3d\nlevels btx\nquit\n")
            await soon(here.console.listen())
            found.append(here.told.getvalue())
    assert found[0] == found[1]
    assert found[0].startswith("> heatmap btc 3d\nBTC liquidation heatmap · 3d\n")
    assert f"[{PICTURE}] The heatmap of BTC, in one sentence. Estimate, not a forecast." in found[0]
    assert "[12h: heatmap BTC 12h] [24h: heatmap BTC 24h]" in found[0]
    assert found[0].endswith("> levels btx\nThere is no market “BTX”. Did you mean BTC?\n\n")
    assert "\x1b" not in found[0]


async def test_weight_shows_on_a_terminal_and_nothing_can_command_it(tmp_path: Path) -> None:
    message = Message(text=((Bold("b\x1b[2J"), " ", Code("c"), Dim("d")), ("e\x07\n",)))
    on, off = Terminal(), io.StringIO()
    await a_console(tmp_path, told=on).send(CHAT, message)
    await a_console(tmp_path, told=off).send(CHAT, message)
    assert on.getvalue() == "\x1b[1mb·[2J\x1b[22m c\x1b[2md\x1b[22m\ne··\n\n"
    assert off.getvalue() == "b·[2J cd\ne··\n\n"


async def test_a_terminal_that_can_shows_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM_PROGRAM", "WezTerm")
    told, piped = Terminal(), io.StringIO()
    message = Message(text=(), picture=Attachment(name=PICTURE, content=PNG))
    await a_console(tmp_path, told=told).send(CHAT, message)
    await a_console(tmp_path, told=piped).send(CHAT, message)
    assert told.getvalue().startswith("\x1b]1337;File=inline=1")
    assert piped.getvalue() == f"{tmp_path / PICTURE}\n\n"


async def test_messages_are_numbered_and_written_again_when_they_change(tmp_path: Path) -> None:
    told = io.StringIO()
    console = a_console(tmp_path, told=told)
    row = (Button("3d", "heatmap BTC 3d"),)
    first = await console.send(CHAT, Message(text=(("One",),), buttons=(row,)))
    second = await console.send(CHAT, Message(text=(("Two",),)))
    await console.edit(CHAT, first, Message(text=(("One, swept",),)))
    assert (first, second) == ("1", "2")
    assert told.getvalue() == "One\n\nTwo\n\nInstead of message 1:\nOne, swept\n\n"


async def test_a_terminal_that_nobody_reads_refuses(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="Nobody reads the terminal any more"):
        await a_console(tmp_path, told=Broken()).send(CHAT, Message(text=(("Hello",),)))


async def test_a_folder_that_cannot_be_written_refuses(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    message = Message(text=(), document=Attachment(name="map.csv", content=b"1"))
    with pytest.raises(DeliveryRefused, match=r"map\.csv cannot be kept"):
        await a_console(tmp_path / "file").send(CHAT, message)


async def test_an_answer_that_cannot_be_shown_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with asking(tmp_path, told=Broken()) as here:
        here.type("status\nstatus\nquit\n")
        await soon(here.console.listen())
    assert [record.message for record in caplog.records] == ["an answer was not shown"] * 2


async def test_it_opens_on_what_it_was_started_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reception = a_reception(tmp_path)
    message = Message(text=(("Hello",),), picture=Attachment(name="a.png", content=b"1"))
    console = PLATFORMS["console"]
    async with console.open(console.settings(), reception) as opened:
        await opened.send(CHAT, message)
    assert (tmp_path / "pictures" / "a.png").read_bytes() == b"1"
    monkeypatch.setattr("sys.stdin", None)
    settings = Settings(pictures=tmp_path / "mine", transcript=True)
    async with console.open(settings, reception) as opened:
        await opened.send(CHAT, message)
    assert capsys.readouterr().out.endswith("Hello\n[a.png]\n\n")
    assert (tmp_path / "mine" / "a.png").exists()
