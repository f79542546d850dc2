"""Messages: what is in them, who sees them, and what they were before."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.discord.people import User
from tests.fakes.faults import Json

EPHEMERAL, LOADING, SILENT = 1 << 6, 1 << 7, 1 << 12
ACTION_ROW, BUTTON, STRING_SELECT, LINK = 1, 2, 3, 5
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that came with a message."""

    id: int
    name: str
    data: bytes = field(repr=False)
    kind: str  # "image/png"
    url: str
    description: str | None = None

    def payload(self) -> Json:
        """Return a MessageAttachmentResponse."""
        told = {"id": str(self.id), "filename": self.name, "size": len(self.data)}
        told |= {"url": self.url, "proxy_url": self.url, "content_type": self.kind}
        if self.description is not None:
            told["description"] = self.description
        if self.data.startswith(_PNG):
            told["width"], told["height"] = (
                int.from_bytes(self.data[at : at + 4], "big") for at in (16, 20)
            )
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Pings:
    """Whose telephone rings."""

    everyone: bool = False
    roles: tuple[str, ...] = ()  # names
    users: tuple[str, ...] = ()


@dataclass(eq=False, kw_only=True, slots=True)
class Message:
    """A message as it is now; `versions` is what it has been, oldest first."""

    id: int
    channel_id: int
    author: User
    at: datetime
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    files: list[Attached] = field(default_factory=list)
    flags: int = 0
    pings: Pings = field(default_factory=Pings)
    seen_by: User | None = None  # only by them, where it is ephemeral
    reply_to: "Message | None" = None
    interaction: Json | None = None  # the metadata of what it answers
    edited_at: datetime | None = None
    deleted: bool = False
    versions: list["Message"] = field(default_factory=list)
    pinged: list[User] = field(default_factory=list)

    @property
    def ephemeral(self) -> bool:
        """Only one user sees it, until they leave."""
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """It says that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def buttons(self) -> list[Json]:
        """Return its buttons, row by row."""
        return [each for each in _inside(self.components) if each["type"] == BUTTON]

    @property
    def labels(self) -> list[str]:
        """Return what its buttons say."""
        return [_label(each) for each in self.buttons]

    def find(self, word: str, kind: int = BUTTON) -> Json:
        """Return a component by label or custom_id; LookupError where there is not exactly one."""
        there = [each for each in _inside(self.components) if each["type"] == kind]
        found = [each for each in there if word in {_label(each), each.get("custom_id")}]
        if len(found) != 1:
            said = ", ".join(f"{_label(each)!r} ({each.get('custom_id')})" for each in there)
            raise LookupError(f"{len(found)} components are {word!r} among: {said or 'none'}")
        return found[0]

    def remember(self, at: datetime) -> None:
        """Keep what it is, before it is edited."""
        before = Message(id=self.id, channel_id=self.channel_id, author=self.author, at=self.at)
        before.content, before.flags = self.content, self.flags
        before.embeds, before.components = deepcopy(self.embeds), deepcopy(self.components)
        before.files, before.edited_at = list(self.files), self.edited_at
        self.versions.append(before)
        self.edited_at = at

    def payload(self) -> Json:
        """Return a MessageResponse."""
        embedded = {each.name for each in self.files if _shown(each, self.embeds)}
        told: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel_id),
            "type": 0 if self.interaction is None else 20,
            "content": self.content,
            "author": self.author.payload(),
            "timestamp": self.at.isoformat(),
            "edited_timestamp": self.edited_at.isoformat() if self.edited_at else None,
            "flags": self.flags,
            "embeds": deepcopy(self.embeds),
            "components": _numbered(self.components),
            "attachments": [each.payload() for each in self.files if each.name not in embedded],
            "mentions": [each.payload() for each in self.pinged],
            "mention_roles": [],
            "mention_everyone": self.pings.everyone,
            "pinned": False,
            "tts": False,
        }
        if self.reply_to is not None:
            told |= {"type": 19, "message_reference": self._reference()}
        if self.interaction is not None:
            told |= {"interaction_metadata": self.interaction}
            told |= {"application_id": str(self.author.id), "webhook_id": str(self.author.id)}
        return told

    def _reference(self) -> Json:
        ids = {"channel_id": str(self.channel_id)}
        if self.reply_to is not None:
            ids["message_id"] = str(self.reply_to.id)
        return {"type": 0, **ids}


def _shown(file: Attached, embeds: list[Json]) -> bool:
    return any(
        file.url == (each.get(place) or {}).get("url") for each in embeds for place in PLACES
    )


PLACES = ("image", "thumbnail", "author", "footer")  # of an embed, where a picture may be


def _label(component: Json) -> str:
    emoji = (component.get("emoji") or {}).get("name", "")
    return f"{emoji} {component.get('label') or ''}".strip()


def _inside(components: list[Json]) -> Iterator[Json]:
    for each in components:
        yield each
        yield from _inside(each.get("components", []))


def _numbered(components: list[Json]) -> list[Json]:
    """Give every component its number, as the service does."""
    copy = deepcopy(components)
    for number, each in enumerate(_inside(copy), start=1):
        each["id"] = number
        if each.get("emoji"):
            each["emoji"] = {"id": None, **each["emoji"]}
    return copy
