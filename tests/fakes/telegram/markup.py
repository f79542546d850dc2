"""Text as people see it: HTML read strictly, and lengths as Telegram counts them."""

import re
from dataclasses import dataclass, field, replace
from html import unescape

from tests.fakes.faults import Json
from tests.fakes.telegram.refusal import violated

MOST_ENTITIES = 100  # what is beyond is shown plain

_TOKEN = re.compile(
    r"""<(?P<end>/?)(?P<tag>[a-zA-Z][\w-]*)
         (?P<attributes>(?:\s+[\w-]+(?:=(?:"[^"<>]*"|'[^'<>]*'))?)*)\s*>
      |(?P<reference>&(?:lt|gt|amp|quot|\#\d+|\#x[0-9a-fA-F]+);)
      |(?P<plain>[^<>&]+)
      |(?P<bare>.)""",
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:=(?:"([^"]*)"|'([^']*)'))?""")
_SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_LANGUAGE = "language-"
_COMMAND = re.compile(r"(?<![\w/])/\w{1,32}(?:@\w{3,32})?\b")


def units(text: str) -> int:
    """Return a text's length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "replace")) // 2


@dataclass(frozen=True)
class Written:
    """A text and what of it is marked."""

    text: str = ""
    entities: tuple[Json, ...] = ()

    def marked(self, kind: str) -> list[str]:
        """Return the parts that are "bold", "code" …"""
        wide = self.text.encode("utf-16-le", "replace")
        return [
            wide[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le")
            for each in self.entities
            if each["type"] == kind
        ]


def written(text: str, parse_mode: str | None, entities: list[Json] | None, most: int) -> Written:
    """Return what a message says; raise Refused for wrong markup, and above so many units."""
    if parse_mode is not None and entities is not None:
        raise violated("parse_mode and entities exclude each other")
    if parse_mode not in {None, "HTML"}:
        raise violated(f"unsupported parse_mode {parse_mode!r}; this server reads HTML")
    read = _html(text) if parse_mode else Written(text, tuple(entities or ()))
    read = _stripped(read)
    if units(read.text) > most:
        raise violated(f"message is too long: {units(read.text)} units of at most {most}")
    if any(each["offset"] + each["length"] > units(read.text) for each in read.entities):
        raise violated("an entity ends beyond the text")
    if len(read.entities) > MOST_ENTITIES:
        raise violated(f"{len(read.entities)} entities; those beyond {MOST_ENTITIES} are lost")
    return read


def typed(text: str) -> Written:
    """Return what a person types, commands marked."""
    commands = (
        {"type": "bot_command", "offset": units(text[: each.start()]), "length": units(each[0])}
        for each in _COMMAND.finditer(text)
    )
    return Written(text, tuple(commands))


@dataclass
class _Open:
    tag: str
    entity: Json
    attributes: dict[str, str]


@dataclass
class _Reader:
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        kinds = {each.entity["type"] for each in self.open}
        entity = _entity(tag, attributes, within_pre="pre" in kinds)
        if kinds & {"code", "pre"} and not (tag == "code" and attributes):
            raise _unreadable(f"<{tag}> inside of code")
        if "blockquote" in entity["type"] and any("blockquote" in each for each in kinds):
            raise _unreadable("<blockquote> inside of another")
        self.open.append(_Open(tag, {**entity, "offset": units(self.text)}, attributes))

    def end(self, tag: str) -> None:
        if not self.open or self.open[-1].tag != tag:
            raise _unreadable(f"unexpected end tag </{tag}>")
        done = self.open.pop()
        entity = done.entity | {"length": units(self.text) - done.entity["offset"]}
        if tag == "code" and done.attributes:
            self.open[-1].entity["language"] = done.attributes["class"].removeprefix(_LANGUAGE)
        elif entity["length"]:
            self.entities.append(entity)


def _html(source: str) -> Written:
    reader = _Reader()
    for token in _TOKEN.finditer(source):
        if token["bare"]:
            raise _unreadable(f"unescaped {token['bare']!r} at offset {token.start()}")
        if token["tag"] is None:
            reader.text += unescape(token[0]) if token["reference"] else token[0]
        elif token["end"]:
            reader.end(token["tag"].lower())
        else:
            found = _ATTRIBUTE.findall(token["attributes"])
            reader.begin(token["tag"].lower(), {name: unescape(a or b) for name, a, b in found})
    if reader.open:
        raise _unreadable(f"no end tag for <{reader.open[-1].tag}>")
    order = sorted(reader.entities, key=lambda each: (each["offset"], -each["length"]))
    return Written(reader.text, tuple(order))


def _entity(tag: str, attributes: dict[str, str], *, within_pre: bool) -> Json:
    """Return what a start tag opens; raise Refused for one that there is not."""
    found: Json = None
    match tag, attributes:
        case "a", {"href": url, **rest} if url and not rest:
            found = {"type": "text_link", "url": url}
        case "span", {"class": "tg-spoiler", **rest} if not rest:
            found = {"type": "spoiler"}
        case "tg-emoji", {"emoji-id": emoji, **rest} if not rest:
            found = {"type": "custom_emoji", "custom_emoji_id": emoji}
        case "blockquote", {"expandable": "", **rest} if not rest:
            found = {"type": "expandable_blockquote"}
        case "code", {"class": name, **rest} if within_pre and name.startswith(_LANGUAGE):
            found = {"type": "code"} if not rest else None
        case _, {**rest} if not rest and tag in _SIMPLE:
            found = {"type": _SIMPLE[tag]}
    if found is None:
        raise _unreadable(f"unsupported start tag <{' '.join((tag, *attributes))}>")
    return found


def _stripped(read: Written) -> Written:
    """Return a text as Telegram keeps it: without white space around."""
    text = read.text.strip()
    before = units(read.text[: len(read.text) - len(read.text.lstrip())])
    if text == read.text:
        return read
    kept = []
    for each in read.entities:
        begin = max(each["offset"] - before, 0)
        end = min(each["offset"] + each["length"] - before, units(text))
        if end > begin:
            kept.append(each | {"offset": begin, "length": end - begin})
    return replace(read, text=text, entities=tuple(kept))


def _unreadable(why: str) -> Exception:
    return violated(f"can't parse entities: {why}")
