"""What Discord refuses without writing it in its document."""

import re
from collections.abc import Iterator, Mapping, Sequence

from tests.fakes.discord.messages import ACTION_ROW, BUTTON, LINK, PLACES, STRING_SELECT
from tests.fakes.faults import Json

CONTENT, EMBEDS, FILE_BYTES, DESCRIPTION = 2000, 6000, 10 * 1024 * 1024, 1024
ROWS, BUTTONS, CUSTOM_ID, LABEL = 5, 5, 100, 80
OPTIONS, CHOICES, CHOICE, COMMANDS = 25, 25, 100, 100
_EMBED = {"title": 256, "description": 4096}
_NAME = re.compile(r"[-_'\w]{1,32}")
_SUBCOMMAND, _GROUP = 1, 2
_CHOOSABLE = (3, 4, 10)  # strings, integers, numbers


def of_message(body: Json, files: Mapping[str, bytes], kept: Sequence[str] = ()) -> Iterator[str]:
    """Yield what is wrong with a message; `kept` are the names of files it already has."""
    yield from _long(body, "content", CONTENT)
    listed = {str(each.get("id")): each for each in body.get("attachments") or ()}
    names = [*kept, *files]
    for each in listed.values():
        yield from _long(each, "description", DESCRIPTION, "attachment ")
        names.append(each.get("filename") or "")
    for name, data in files.items():
        if len(data) > FILE_BYTES:
            yield f"file {name} has {len(data)} bytes, more than {FILE_BYTES}"
    yield from _of_embeds(body.get("embeds") or [], names)
    yield from _of_components(body.get("components") or [])
    mentions = body.get("allowed_mentions") or {}
    for kind in ("users", "roles"):
        if kind in (mentions.get("parse") or ()) and mentions.get(kind):
            yield f"allowed_mentions parses {kind} and lists them"


def of_choices(choices: Sequence[Json]) -> Iterator[str]:
    """Yield what is wrong with choices, of a command or of completion."""
    if len(choices) > CHOICES:
        yield f"{len(choices)} choices, more than {CHOICES}"
    for each in choices:
        if not 1 <= len(each["name"]) <= CHOICE:
            yield f"choice name {each['name']!r} is not 1 … {CHOICE} characters"
        if isinstance(each["value"], str) and len(each["value"]) > CHOICE:
            yield f"choice value {each['value']!r} is longer than {CHOICE}"
    names = [each["name"] for each in choices]
    if len(set(names)) < len(names):
        yield f"choices say the same twice: {names}"


def of_commands(commands: Sequence[Json]) -> Iterator[str]:
    """Yield what is wrong with all commands of one scope."""
    slashes = [each for each in commands if each.get("type", 1) == 1]
    if len(slashes) > COMMANDS:
        yield f"{len(slashes)} commands, more than {COMMANDS}"
    names = [(each["name"], each.get("type", 1)) for each in commands]
    if len(set(names)) < len(names):
        yield "two commands have one name"
    for each in slashes:
        size = _size(each)
        if size > 8000:
            yield f"/{each['name']} has {size} characters, more than 8000"
        yield from _of_command(each, f"/{each['name']}")


def _of_command(command: Json, path: str) -> Iterator[str]:
    name = command["name"]
    if not _NAME.fullmatch(name) or name != name.lower():
        yield f"{path}: a name is 1 … 32 lower-case letters, digits, - and _"
    if not 1 <= len(command.get("description") or "") <= 100:
        yield f"{path}: a description has 1 … 100 characters"
    options = command.get("options") or []
    if len(options) > OPTIONS:
        yield f"{path}: {len(options)} options, more than {OPTIONS}"
    names = [each["name"] for each in options]
    if len(set(names)) < len(names):
        yield f"{path}: two options have one name"
    wanted = [bool(each.get("required")) for each in options]
    if sorted(wanted, reverse=True) != wanted:
        yield f"{path}: options that are required come first"
    nested = [each["type"] in {_SUBCOMMAND, _GROUP} for each in options]
    if any(nested) and not all(nested):
        yield f"{path}: options and subcommands side by side"
    for each in options:
        yield from _of_option(each, f"{path} {each['name']}")


def _of_option(option: Json, path: str) -> Iterator[str]:
    yield from _of_command(option, path)
    choices = option.get("choices") or []
    yield from (f"{path}: {each}" for each in of_choices(choices))
    if option.get("autocomplete") and choices:
        yield f"{path}: autocomplete and choices exclude each other"
    if (option.get("autocomplete") or choices) and option["type"] not in _CHOOSABLE:
        yield f"{path}: only strings and numbers are chosen or completed"


def _of_embeds(embeds: Sequence[Json], names: Sequence[str]) -> Iterator[str]:
    total = 0
    for each in embeds:
        for key, most in _EMBED.items():
            yield from _long(each, key, most, "embed ")
        yield from _long(each.get("footer") or {}, "text", 2048, "footer ")
        yield from _long(each.get("author") or {}, "name", 256, "author ")
        for one in each.get("fields") or ():
            yield from _long(one, "name", 256, "field ")
            yield from _long(one, "value", 1024, "field ")
            if not one["name"].strip() or not one["value"].strip():
                yield "a field has no name or no value"
        if len(each.get("fields") or ()) > 25:
            yield f"{len(each['fields'])} fields, more than 25"
        total += _letters(each)
        for place in PLACES:
            part = each.get(place) or {}
            url = part.get("url" if place in {"image", "thumbnail"} else "icon_url") or ""
            if url.startswith("attachment://") and url.removeprefix("attachment://") not in names:
                yield f"embed shows {url}, but there is no such file among {names}"
    if total > EMBEDS:
        yield f"embeds have {total} characters, more than {EMBEDS}"


def _of_components(rows: Sequence[Json]) -> Iterator[str]:
    if len(rows) > ROWS and all(each["type"] == ACTION_ROW for each in rows):
        yield f"{len(rows)} rows, more than {ROWS}"
    parts = [part for row in rows for part in row.get("components", ())]
    ids = [part["custom_id"] for part in parts if part.get("custom_id")]
    if len(set(ids)) < len(ids):
        yield f"two components have one custom_id: {ids}"
    for row in rows:
        inside = row.get("components", ())
        if row["type"] == ACTION_ROW and not 1 <= len(inside) <= BUTTONS:
            yield f"{len(inside)} components in a row, not 1 … {BUTTONS}"
        if len(inside) > 1 and any(each["type"] == STRING_SELECT for each in inside):
            yield "a select menu shares its row"
    for part in parts:
        yield from _long(part, "custom_id", CUSTOM_ID)
        yield from _long(part, "label", LABEL)
        if part["type"] == BUTTON:
            yield from _of_button(part)


def _of_button(button: Json) -> Iterator[str]:
    if not button.get("label") and not button.get("emoji"):
        yield "a button has neither label nor emoji"
    if (button["style"] == LINK) != bool(button.get("url")):
        yield f"a button of style {button['style']} and its url do not fit: {button.get('url')}"
    if button["style"] != LINK and not button.get("custom_id"):
        yield f"button {button.get('label')!r} has no custom_id"


def _long(body: Json, key: str, most: int, what: str = "") -> Iterator[str]:
    value = body.get(key)
    if isinstance(value, str) and len(value) > most:
        yield f"{what}{key} has {len(value)} characters, more than {most}"


def _letters(embed: Json) -> int:
    parts = [embed.get("title"), embed.get("description")]
    parts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    parts += [one[key] for one in embed.get("fields") or () for key in ("name", "value")]
    return sum(len(part) for part in parts if part)


def _size(command: Json) -> int:
    """Count name, description and values over a command and all below it."""
    own = len(command["name"]) + len(command.get("description") or "")
    own += sum(len(str(each["value"])) for each in command.get("choices") or ())
    return own + sum(_size(each) for each in command.get("options") or ())
