import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from telegram import Animation, Chat, Document, PhotoSize
from telegram import Message as Sent
from telegram.error import BadRequest, TimedOut

from liqbot.chat.message import Attachment
from liqbot.platforms._telegram import uploads
from liqbot.platforms._telegram.uploads import Kind, Uploads
from tests.waiting import timeless

AT = datetime(2026, 1, 7, tzinfo=UTC)
PICTURE = Attachment(name="btc.png", content=b"a picture")


@pytest.fixture
def threadless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is done in a thread be done at once, as no thread lives in a time of its own."""

    async def at_once(do: Callable[[bytes], str], content: bytes) -> str:
        return do(content)

    monkeypatch.setattr(asyncio, "to_thread", at_once)


class Post:
    """Takes files and gives them names; forgets them, or fails, on request."""

    def __init__(self, kind: Kind = "photo") -> None:
        self.kind = kind
        self.got: list[bytes | str] = []
        self.failures = 0
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, what: bytes | str) -> Sent:
        self.got.append(what)
        await self.open.wait()
        if self.failures:
            self.failures -= 1
            raise TimedOut
        return a_sent(self.kind, f"name of {what!r}")


def a_sent(kind: Kind, name: str) -> Sent:
    photo = [PhotoSize("small", "s", 1, 1), PhotoSize(name, "u", 2, 2)] if kind == "photo" else None
    document = Document(name, "u") if kind == "document" else None
    moving = Animation(name, "u", 1, 1, 1) if kind == "animation" else None
    return Sent(1, AT, Chat(1, "private"), photo=photo, document=document, animation=moving)


async def test_what_was_carried_there_is_named_from_then_on() -> None:
    uploads, post = Uploads(), Post()
    for _ in range(3):
        await uploads.send("photo", PICTURE, post)
    assert post.got == [b"a picture", "name of b'a picture'", "name of b'a picture'"]


async def test_another_picture_or_another_kind_is_carried_again() -> None:
    uploads, post = Uploads(), Post()
    await uploads.send("photo", PICTURE, post)
    await uploads.send("photo", Attachment(name="btc.png", content=b"another"), post)
    await uploads.send("document", PICTURE, Post("document"))
    assert post.got == [b"a picture", b"another"]


async def test_what_moves_has_a_name_of_its_own() -> None:
    uploads, post = Uploads(), Post("animation")
    for _ in range(2):
        await uploads.send("animation", Attachment(name="btc.gif", content=b"a film"), post)
    assert post.got == [b"a film", "name of b'a film'"]


@pytest.mark.usefixtures("threadless")
@timeless
async def test_of_many_at_once_one_carries_it() -> None:
    uploads, post = Uploads(), Post()
    post.open.clear()
    sending = [asyncio.create_task(uploads.send("photo", PICTURE, post)) for _ in range(50)]
    await asyncio.wait(sending, timeout=0.05)
    assert post.got == [b"a picture"]
    post.open.set()
    await asyncio.gather(*sending)
    assert post.got.count(b"a picture") == 1
    assert len(post.got) == 50


async def test_where_it_fails_the_next_one_carries_it() -> None:
    uploads, post = Uploads(), Post()
    post.failures = 1
    sending = [uploads.send("photo", PICTURE, post) for _ in range(3)]
    outcomes = await asyncio.gather(*sending, return_exceptions=True)
    assert sum(isinstance(each, TimedOut) for each in outcomes) == 1
    assert post.got.count(b"a picture") == 2


@pytest.mark.usefixtures("threadless")
@timeless
async def test_nobody_waits_for_long_for_one_who_carries_it_to_a_slow_chat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "_PATIENCE_S", 0.02)
    kept, slow, quick = Uploads(), Post(), Post()
    slow.open.clear()
    stuck = asyncio.create_task(kept.send("photo", PICTURE, slow))
    await asyncio.wait([stuck], timeout=0.01)
    async with asyncio.timeout(1):
        await asyncio.gather(*(kept.send("photo", PICTURE, quick) for _ in range(3)))
    assert quick.got.count(b"a picture") == 1
    slow.open.set()
    await stuck


async def test_a_name_that_telegram_has_forgotten_is_given_up() -> None:
    uploads, post = Uploads(), Post()
    await uploads.send("photo", PICTURE, post)
    got: list[bytes | str] = []

    async def forgetful(what: bytes | str) -> Sent:
        got.append(what)
        if isinstance(what, str):
            raise BadRequest("Bad Request: wrong remote file identifier specified")
        return a_sent("photo", "anew")

    await uploads.send("photo", PICTURE, forgetful)
    assert got == ["name of b'a picture'", b"a picture"]


async def test_what_telegram_minds_otherwise_is_told() -> None:
    uploads = Uploads()
    await uploads.send("photo", PICTURE, Post())

    async def refusing(_: bytes | str) -> Sent:
        raise BadRequest("Bad Request: chat not found")

    with pytest.raises(BadRequest):
        await uploads.send("photo", PICTURE, refusing)


async def test_what_was_not_used_for_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_MOST", 2)
    kept, post = Uploads(), Post()
    files = [Attachment(name="x.png", content=bytes([i])) for i in range(3)]
    for i in (0, 1, 0, 2, 0, 1):
        await kept.send("photo", files[i], post)
    assert [each for each in post.got if isinstance(each, bytes)] == [b"\0", b"\1", b"\2", b"\1"]
