"""Messages in Discord's terms: nothing exceeds a limit, and nobody is called but who should be."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from liqbot.chat.message import Attachment, Button, Message
from liqbot.chat.richtext import units
from liqbot.platforms._discord.dressing import Dressed, dressed, words_of
from tests.fakes.discord.limits import of_message
from tests.platforms._discord.test_markdown import TEXTS

BUTTONS = st.builds(
    Button,
    label=st.text(max_size=100),
    words=st.text(st.characters(codec="utf-8"), min_size=1, max_size=16),
)
FILES = st.builds(
    Attachment, name=st.text(max_size=20), content=st.just(b"x"), alt=st.text(max_size=2000)
)
MESSAGES = st.builds(
    Message,
    text=TEXTS,
    picture=st.none() | FILES,
    buttons=st.lists(st.lists(BUTTONS, max_size=7).map(tuple), max_size=7).map(tuple),
    role=st.sampled_from(["", "5", "@everyone", "5> @everyone", "٥"]),
)


def allowed(new: Dressed) -> dict[str, Any]:
    return dict(new.allowed_mentions.to_dict())


async def test_a_role_is_called_and_nobody_else() -> None:
    new = dressed(Message(text=(("<@&6> @everyone",),), role="5"))
    assert new.content == "<@&5>"
    assert allowed(new) == {"parse": [], "roles": [5]}
    assert new.embed.description == "\\<\\@&6\\> \\@everyone"


async def test_without_a_role_or_with_none_such_nobody_is_called() -> None:
    for role in ("", "@everyone", "here", "1>", "٥"):
        new = dressed(Message(text=(("x",),), role=role))
        assert (new.content, allowed(new)) == (None, {"parse": []})


async def test_views_are_not_kept_and_their_words_come_back() -> None:
    rows = ((Button("A", "heatmap BTC"), Button("B", "heatmap BTC")), (Button("C", "why\n1"),))
    view = dressed(Message(text=(), buttons=rows)).view
    assert view is not None
    assert view.is_finished()
    ids = [part["custom_id"] for row in view.to_components() for part in row["components"]]
    assert len(set(ids)) == 3
    assert [words_of(each) for each in ids] == ["heatmap BTC", "heatmap BTC", "why\n1"]
    assert [words_of(each) for each in ("", "liqbot:", "liqbot:1:", "other:1:x")] == [None] * 4


async def test_a_picture_stays_that_stands_there_already() -> None:
    new = dressed(Message(text=(("x",),)), "btc.png")
    assert new.embed.image.url == "attachment://btc.png"
    assert new.files == []
    assert dressed(Message(text=(("x",),))).embed.image.url is None


async def test_a_document_is_no_picture() -> None:
    new = dressed(Message(text=(), document=Attachment(name="btc 7d.csv", content=b"a,b")))
    assert [each.filename for each in new.files] == ["btc_7d.csv"]
    assert new.embed.image.url is None


@given(MESSAGES)
@settings(max_examples=50)
async def test_no_message_exceeds_a_limit(message: Message) -> None:
    new = dressed(message)
    files = {each.filename: b"x" for each in new.files}
    body = {
        "content": new.content,
        "embeds": [new.embed.to_dict()],
        "components": new.view.to_components() if new.view else [],
        "attachments": [each.to_dict(i) for i, each in enumerate(new.files)],
        "allowed_mentions": new.allowed_mentions.to_dict(),
    }
    assert list(of_message(body, files)) == []
    assert units(new.embed.description or "") <= 4096
