"""Messages as discord.py sends them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import discord
from discord.ui import Button, View

from liqbot.chat.message import Attachment, Message
from liqbot.platforms._discord.markdown import markdown

DESCRIPTION, ALT, LABEL = 4096, 1024, 80  # UTF-16 units, of an embed, a file and a button
ROWS, COLUMNS = 5, 5  # of buttons
NOBODY = discord.AllowedMentions.none()

_OURS = re.compile(r"liqbot:\d+:(.+)", re.DOTALL)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")  # what Discord would change in the name of a file
_UNSHOWN = "…"


@dataclass(frozen=True, slots=True)
class Dressed:
    """A message in Discord's terms; it is sent once, as its files are read once."""

    content: str | None  # the mention of a role, which rings
    embed: discord.Embed
    files: list[discord.File]
    view: View | None
    allowed_mentions: discord.AllowedMentions


def dressed(message: Message, picture: str = "") -> Dressed:
    """Dress a message; `picture` is the name of the one that stands there already.

    Has to be called while a loop runs, as discord.py's views want it.
    """
    files = [_file(each) for each in (message.picture, message.document) if each is not None]
    shown = file_name(message.picture) if message.picture else picture
    embed = discord.Embed(description=markdown(message.text, DESCRIPTION) or None)
    if shown:
        embed.set_image(url=f"attachment://{shown}")
    called = message.role if message.role.isascii() and message.role.isdigit() else ""
    return Dressed(
        content=f"<@&{called}>" if called else None,
        embed=embed,
        files=files,
        view=_view(message),
        allowed_mentions=_only(int(called)) if called else NOBODY,
    )


def file_name(attachment: Attachment) -> str:
    """Return a name that Discord leaves as it is."""
    return _UNSAFE.sub("_", attachment.name)


def words_of(custom_id: str) -> str | None:
    """Return the words of a button that was pressed; None for one that is none of ours."""
    found = _OURS.fullmatch(custom_id)
    return found[1] if found else None


def _file(attachment: Attachment) -> discord.File:
    alt = attachment.alt if len(attachment.alt) <= ALT else attachment.alt[: ALT - 1] + _UNSHOWN
    content = BytesIO(attachment.content)
    return discord.File(content, file_name(attachment), description=alt or None)


def _view(message: Message) -> View | None:
    """Return the buttons of a message; None without any.

    It counts as finished at once, or discord.py would keep every one that was ever sent:
    what is pressed is known by its words alone, so also after a restart.
    """
    rows = list(_rows(message))
    if not rows:
        return None
    view, number = View(timeout=None), 0
    for row, buttons in enumerate(rows):
        for label, words in buttons:
            custom_id = f"liqbot:{number}:{words}"  # two may say the same; their ids must not
            view.add_item(Button(label=label, custom_id=custom_id, row=row))
            number += 1
    view.stop()
    return view


def _rows(message: Message) -> Iterator[list[tuple[str, str]]]:
    """Yield labels and words, as many as fit."""
    rows = [
        [(each.label[:LABEL] or _UNSHOWN, each.words) for each in row[i : i + COLUMNS]]
        for row in message.buttons
        for i in range(0, len(row), COLUMNS)
    ]
    yield from rows[:ROWS]


def _only(role: int) -> discord.AllowedMentions:
    return discord.AllowedMentions(
        everyone=False, users=False, roles=[discord.Object(role)], replied_user=False
    )
