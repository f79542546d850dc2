"""What is said in a chat, and what is pressed below it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from tests.fakes.faults import Json
from tests.fakes.telegram.chats import Chat, User
from tests.fakes.telegram.files import Kept
from tests.fakes.telegram.markup import Written
from tests.fakes.telegram.refusal import violated

ROW, BUTTONS = 8, 100  # most that are shown
DATA_BYTES = 64
ANONYMOUS: Json = {  # in whose name administrators write who are not to be seen
    "id": 1_087_968_824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
_ACTIONS = {"text", "icon_custom_emoji_id", "style"}  # what is not one


class Button(NamedTuple):
    """One button below a message."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass
class Message:
    """A message as it is now."""

    chat: Chat
    id: int
    date: int  # Unix s
    author: User
    said: Written = field(default_factory=Written)
    file: Kept | None = None
    markup: Json = None  # reply_markup as it was sent
    silent: bool = False
    protected: bool = False
    thread: int | None = None
    reply_to: "Message | None" = None
    preview: Json = None  # link_preview_options
    album: str | None = None
    edits: int = 0
    edit_date: int | None = None
    deleted: bool = False
    more: dict[str, Json] = field(default_factory=dict)  # of service messages, forwards …

    @property
    def text(self) -> str | None:
        """What a message without a file says."""
        return self.said.text if self.file is None else None

    @property
    def caption(self) -> str | None:
        """What stands below a file."""
        return self.said.text if self.file is not None else None

    @property
    def entities(self) -> tuple[Json, ...]:
        """The marked parts of the text or caption; `said.marked` gives their words."""
        return self.said.entities

    @property
    def photo(self) -> bytes | None:
        """The picture."""
        return self.file.content if self.file and self.file.kind == "photo" else None

    @property
    def animation(self) -> bytes | None:
        """The picture that moves; for programs that know none it is a file as well."""
        return self.file.content if self.file and self.file.kind == "animation" else None

    @property
    def document(self) -> bytes | None:
        """The file sent as such; `file.name` is its name."""
        return self.file.content if self.file and self.file.kind == "document" else None

    @property
    def keyboard(self) -> tuple[tuple[Button, ...], ...]:
        """The buttons below, in rows."""
        rows = (self.markup or {}).get("inline_keyboard", ())
        return tuple(
            tuple(Button(b["text"], b.get("callback_data"), b.get("url")) for b in row)
            for row in rows
        )

    @property
    def is_service(self) -> bool:
        """Whether it tells of an event instead of saying something."""
        return bool(self.more.keys() - {"forward_origin"})

    def button(self, name: str) -> Button:
        """Return the button with a label or data; AssertionError where there is none."""
        buttons = [each for row in self.keyboard for each in row]
        for each in buttons:
            if name in {each.label, each.data}:
                return each
        raise AssertionError(f"message {self.id} has no button {name!r} among {buttons}")

    @property
    def shown(self) -> Json:
        """All that an edit may change."""
        file = self.file.file_id if self.file else None
        return self.said, file, self.markup or None, self.preview

    @property
    def told(self) -> Json:
        """The Message, with that which it answers."""
        return self._told | ({"reply_to_message": self.reply_to._told} if self.reply_to else {})

    @property
    def _told(self) -> Json:
        told: Json = {"message_id": self.id, "date": self.date, "chat": self.chat.told, **self.more}
        if self.chat.type == "channel":
            told["sender_chat"] = self.chat.told
        elif self.chat.member(self.author).anonymous:
            told |= {"from": ANONYMOUS, "sender_chat": self.chat.told}
        else:
            told["from"] = self.author.told
        if self.thread is not None:
            told |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.file is not None:
            told[self.file.kind] = self.file.told
        if self.animation is not None:
            told["document"] = self.file and self.file.as_document
        words, marks = ("caption", "caption_entities") if self.file else ("text", "entities")
        optional = {
            words: self.said.text,
            marks: list(self.said.entities),
            "edit_date": self.edit_date,
            "link_preview_options": self.preview,
            "media_group_id": self.album,
            "has_protected_content": self.protected,
            "reply_markup": self.markup if self.keyboard else None,
        }
        return told | {name: each for name, each in optional.items() if each}


@dataclass
class Query:
    """Somebody pressed a button, and waits for an answer."""

    id: str
    user: User
    message: Message
    data: str
    at: float  # Unix s
    told: Json
    answered: bool = False
    text: str = ""  # what the user was shown
    show_alert: bool = False
    url: str | None = None


def refuse_keyboard(markup: Json) -> None:
    """Raise Refused for buttons that cannot be shown, or do nothing."""
    rows = (markup or {}).get("inline_keyboard", ())
    if any(len(row) > ROW for row in rows) or sum(map(len, rows)) > BUTTONS:
        raise violated(f"at most {ROW} buttons in a row and {BUTTONS} in all")
    if not all(rows):
        raise violated("a row has no buttons")
    for each in (each for row in rows for each in row):
        if not each["text"].strip():
            raise violated("button text must be non-empty")
        if len(set(each) - _ACTIONS) != 1:
            raise violated(f"button {each['text']!r} does not do exactly one thing")
        if not 1 <= len(each.get("callback_data", "-").encode()) <= DATA_BYTES:
            raise violated(f"BUTTON_DATA_INVALID: {each['callback_data']!r}")
        if not each.get("url", "https:").startswith(("https:", "http:", "tg:")):
            raise violated(f"BUTTON_URL_INVALID: {each['url']!r}")
