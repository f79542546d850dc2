"""The official list of methods and types, as the judge of every question and every answer."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import pytest

from tests.builders import SHARED_DATA
from tests.fakes.faults import Json
from tests.fakes.telegram.refusal import Refused, violated

DOCUMENT = SHARED_DATA / "specs" / "telegram-bot-api-10.1.json"

_ARRAY = "Array of "
_ATTACHED = "attach://"
_ALWAYS = re.compile(r'[^.]*(?:must be|always) "?(\w+)"?')
_TAGS = ("type", "status", "source")  # fields that tell which of several types a value is
_NUMBER = re.compile(r"-?\d{1,18}")
_NATIVE = {"String": (str,), "Integer": (int,), "Float": (int, float), "Boolean": (bool,)}


class Upload(NamedTuple):
    """A file that came with a request."""

    name: str
    mime: str
    content: bytes


class Asked(NamedTuple):
    """One request, its words read by their declared types."""

    method: str
    words: dict[str, Json]  # an Upload where a file was sent in the place of a word
    attached: dict[str, Upload]

    def file(self, word: Json) -> Upload | str:
        """Return the file that a word stands for, or the word: a file_id or an address."""
        if isinstance(word, str) and word.startswith(_ATTACHED):
            return self.attached[word.removeprefix(_ATTACHED)]
        assert isinstance(word, Upload | str)
        return word


class Spec:
    """What may be asked and what may be answered."""

    def __init__(self, document: Json) -> None:
        self._methods: dict[str, Json] = document["methods"]
        self._types: dict[str, Json] = document["types"]

    @property
    def methods(self) -> frozenset[str]:
        """The names of all methods."""
        return frozenset(self._methods)

    @property
    def updates(self) -> frozenset[str]:
        """The names of all kinds of update."""
        return frozenset(self._fields(self._types["Update"])) - {"update_id"}

    def asked(self, method: str, said: Mapping[str, Json], files: Mapping[str, Upload]) -> Asked:
        """Read a request: words as a form or a JSON body says them; raise Refused."""
        if method not in self._methods:
            raise Refused(404, f"there is no method {method}", violation=True)
        fields = self._fields(self._methods[method])
        words, wrong = {}, []
        for name, value in (said | {k: v for k, v in files.items() if k in fields}).items():  # type: ignore[operator]
            if name not in fields:
                wrong.append(f"there is no parameter {name}")
                continue
            words[name], faults = self._word(name, value, fields[name]["types"])
            wrong += faults
        wrong += [
            f"parameter {name} is missing"
            for name, field in fields.items()
            if field["required"] and name not in words
        ]
        attached = {name: each for name, each in files.items() if name not in fields}
        wrong += _loose(words, attached)
        if wrong:
            raise violated(f"{method}: {'; '.join(wrong)}")
        return Asked(method, words, attached)

    def wrong_answer(self, method: str, value: Json) -> list[str]:
        """Say what is wrong with the result of a method."""
        return self._wrong(value, self._methods[method]["returns"], method)

    def wrong_value(self, type_: str, value: Json) -> list[str]:
        """Say what is wrong with a value of a type."""
        return self._wrong(value, [type_], type_)

    def _fields(self, thing: Json) -> dict[str, Json]:
        return {each["name"]: each for each in thing.get("fields", ())}

    def _word(self, name: str, value: Json, types: Sequence[str]) -> tuple[Json, list[str]]:
        """Return a parameter's value, and what is wrong with it."""
        if isinstance(value, Upload):
            return value, [] if "InputFile" in types else [f"{name} is no file"]
        if "InputFile" in types:
            return value, [] if isinstance(value, str) else [f"{name} is no file"]
        if isinstance(value, str):
            try:
                value = _read(value, types)
            except ValueError:
                return value, [f"{name}={value[:80]!r} is no {' or '.join(types)}"]
        return value, self._wrong(value, types, name)

    def _wrong(self, value: Json, types: Sequence[str], where: str) -> list[str]:
        """Return what is wrong with a value as that type which it fits best."""
        return min((list(self._wrong_as(value, each, where)) for each in types), key=len)

    def _wrong_as(self, value: Json, type_: str, where: str) -> Iterator[str]:
        if type_.startswith(_ARRAY):
            if isinstance(value, list):
                for i, each in enumerate(value):
                    yield from self._wrong_as(each, type_.removeprefix(_ARRAY), f"{where}[{i}]")
            else:
                yield f"{where} is no array"
        elif type_ in _NATIVE:
            if not isinstance(value, _NATIVE[type_]) or (value is True or value is False) != (
                type_ == "Boolean"
            ):
                yield f"{where}={value!r} is no {type_}"
        elif type_ == "RichText":  # strings, arrays and objects in any depth: not spoken here
            return
        elif not isinstance(value, dict):
            yield f"{where}={value!r} is no {type_}"
        elif "subtypes" in self._types[type_]:
            yield from self._wrong(value, self._likely(value, type_), where)
        else:
            yield from self._wrong_fields(value, type_, where)

    def _likely(self, value: Json, type_: str) -> list[str]:
        """Return the subtypes whose tag a value bears; all, where it bears none."""
        every: list[str] = self._types[type_]["subtypes"]
        return [each for each in every if not list(self._mistagged(value, each, ""))] or every

    def _mistagged(self, value: Json, type_: str, where: str) -> Iterator[str]:
        for tag, name in self._tags(type_):
            if value.get(tag) != name:
                yield f"{where}.{tag} of a {type_} is not {name}"

    def _tags(self, type_: str) -> Iterator[tuple[str, str]]:
        for tag in _TAGS:
            field = self._fields(self._types[type_]).get(tag)
            if field and (always := _ALWAYS.fullmatch(field["description"])):
                yield tag, always[1]

    def _wrong_fields(self, value: Json, type_: str, where: str) -> Iterator[str]:
        fields = self._fields(self._types[type_])
        yield from self._mistagged(value, type_, where)
        for name, each in value.items():
            if name in fields:
                yield from self._wrong(each, fields[name]["types"], f"{where}.{name}")
            else:
                yield f"there is no {where}.{name}"
        for name, field in fields.items():
            if field["required"] and name not in value:
                yield f"{where}.{name} is missing"


@cache
def spec() -> Spec:
    """Return the official list; skip the test where it is not there."""
    if not DOCUMENT.exists():
        pytest.skip("the method list of the Bot API is not in ../shared/data/specs")
    return Spec(json.loads(DOCUMENT.read_text(encoding="utf-8")))


def _read(text: str, types: Sequence[str]) -> Json:
    """Read what a form says; raise ValueError."""
    if "Integer" in types and _NUMBER.fullmatch(text):
        return int(text)
    if "String" in types:
        return text
    if types[0] in {"Integer", "Float"}:
        return float(text)
    return json.loads(text)


def _loose(words: Json, attached: Mapping[str, Upload]) -> list[str]:
    """Say which files no word stands for, and which words for no file."""
    meant = {each.removeprefix(_ATTACHED) for each in _strings(words) if each.startswith(_ATTACHED)}
    wrong = [f"file {name} is not attached" for name in sorted(meant - set(attached))]
    return wrong + [f"file {name} is not used" for name in sorted(set(attached) - meant)]


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
