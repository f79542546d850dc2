"""Messages as text, with nobody to answer."""

from io import StringIO
from pathlib import Path

from liqbot.chat.message import Attachment, ChatId, Message
from liqbot.chat.richtext import Bold
from liqbot.platforms._printing import Printer, visible

CHAT = ChatId("console", "here")


async def test_messages_are_numbered_on_from_those_before(tmp_path: Path) -> None:
    told = StringIO()
    printer = Printer(tmp_path, told, transcript=True, count=41)
    said = Message(text=((Bold("BTC"), " moved"),))
    assert await printer.send(CHAT, said) == "42"
    await printer.edit(CHAT, "42", said)
    assert told.getvalue() == "BTC moved\n\nInstead of message 42:\nBTC moved\n\n"


async def test_pictures_are_kept_and_named(tmp_path: Path) -> None:
    told = StringIO()
    picture = Attachment(name="../btc.png", content=b"PNG", alt="a map of BTC")
    printer = Printer(tmp_path / "pictures", told, transcript=True)
    await printer.send(CHAT, Message(text=(("Look",),), picture=picture))
    assert told.getvalue() == "Look\n[btc.png] a map of BTC\n\n"
    assert (tmp_path / "pictures" / "btc.png").read_bytes() == b"PNG"


def test_text_cannot_command_the_terminal() -> None:
    assert visible("a\x1b[2Jb") == "a·[2Jb"
