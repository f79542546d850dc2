"""Discord's own OpenAPI document: which requests there are, and what they may say."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.builders import SHARED_DATA
from tests.fakes.faults import Json

OPENAPI = SHARED_DATA / "specs" / "discord-openapi.json"
_ABSENT = f"{OPENAPI.name}, Discord's own document, is not among the shared data"
needs_openapi = pytest.mark.skipif(not OPENAPI.is_file(), reason=_ABSENT)
_URN = "urn:discord"
_JSON = "application/json"
# Taken by the real service, sent by discord.py, and not in the document.
_UNWRITTEN = {"nsfw", "tts"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    template: str  # "/channels/{channel_id}/messages"
    parameters: tuple[Json, ...]
    body: Json | None  # of JSON; None where nothing is to be sent
    body_required: bool
    answers: Mapping[str, Json | None]  # schema by status: "200", "204", "4XX"
    pattern: re.Pattern[str] = field(repr=False)

    @property
    def name(self) -> str:
        """What the fake calls it: "GET /users/@me"."""
        return f"{self.method} {self.template}"


class Oracle:
    """Tells what is wrong with a request, or with an answer to it."""

    def __init__(self, document: Json) -> None:
        """Read a document; nothing outside it is asked for."""
        schemas = document["components"]["schemas"]
        _close(schemas)
        self._kind = _validator(schemas)
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry: Registry[Json] = Registry().with_resource(_URN, resource)
        self._operations = sorted(_operations(document), key=lambda each: each.template.count("{"))
        self._validators: dict[str, Validator] = {}

    @staticmethod
    def read() -> "Oracle":
        """Read the shared document; skip the test where it is absent."""
        if not OPENAPI.is_file():
            pytest.skip(_ABSENT)
        return _shared()

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation that a path means, words before wildcards, and its wildcards."""
        for each in self._operations:
            found = each.pattern.fullmatch(path)
            if found and each.method == method:
                return each, {key: unquote(word) for key, word in found.groupdict().items()}
        return None

    def complaints(
        self, operation: Operation, words: Mapping[str, str], query: Mapping[str, str], body: Json
    ) -> Iterator[str]:
        """Yield what the document does not allow about a request."""
        known = {each["name"]: each for each in operation.parameters if each["in"] == "query"}
        for each in operation.parameters:
            given = (query if each["in"] == "query" else words).get(each["name"])
            if given is not None:
                yield from self._against(each["schema"], _read(given, each["schema"]), each["name"])
            elif each.get("required"):
                yield f"{each['name']} is missing"
        yield from (f"?{name} is not known" for name in query if name not in known)
        if operation.body is None:
            if body is not None:
                yield f"it takes no body, but was sent {str(body)[:80]}"
        elif body is not None:
            yield from self._against(operation.body, _lenient(body), "body")
        elif operation.body_required:
            yield "its body is missing"

    def mistakes(self, operation: Operation, status: int, body: Json | None) -> Iterator[str]:
        """Yield what the document does not allow about an answer."""
        written = operation.answers
        key = next((each for each in (str(status), f"{status // 100}XX") if each in written), None)
        if key is None:
            yield f"{status} is not among its answers"
        elif written[key] is not None:
            yield from self._against(written[key], body, "answer")
        elif body is not None:
            yield f"{status} has no body"

    def _against(self, schema: Json, value: Json, what: str) -> Iterator[str]:
        key = json.dumps(schema)
        if key not in self._validators:
            absolute = json.loads(key.replace('"#/', f'"{_URN}#/'))
            self._validators[key] = self._kind(absolute, registry=self._registry)
        for error in self._validators[key].iter_errors(value):
            deepest = _deepest(error)
            yield f"{what}{_place(deepest)}: {deepest.message[:300]}"


@cache
def _shared() -> Oracle:
    return Oracle(json.loads(OPENAPI.read_text(encoding="utf-8")))


def _validator(schemas: dict[str, Json]) -> type[Validator]:
    """Return a validator that chooses between alternatives by what tells them apart.

    A message with five buttons is judged several times as fast, and errors name the place.
    """

    def may_be(alternative: Json, value: Json) -> bool:
        name = alternative.get("$ref", "").rsplit("/", 1)[-1]
        written: dict[str, Json] = schemas.get(name) or alternative
        if written.get("type") == "null":
            return value is None
        if written.get("type") != "object":
            return True
        kinds = written.get("properties", {}).get("type", {}).get("enum")
        known = isinstance(value, dict)
        return known and (kinds is None or value.get("type") in kinds)

    def choosing(keyword: str) -> Json:
        all_of_them = Draft202012Validator.VALIDATORS[keyword]

        def judge(validator: Json, alternatives: list[Json], value: Json, schema: Json) -> Json:
            fitting = [each for each in alternatives if may_be(each, value)]
            if len(fitting) == 1:
                return validator.descend(value, fitting[0])
            return all_of_them(validator, fitting or alternatives, value, schema)

        return judge

    keywords = {key: choosing(key) for key in ("oneOf", "anyOf")}
    kind: type[Validator] = extend(Draft202012Validator, keywords)  # type: ignore[no-untyped-call]
    return kind


def _operations(document: Json) -> Iterator[Operation]:
    for template, entry in document["paths"].items():
        literal = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
        for method in entry.keys() - {"parameters"}:
            one = entry[method]
            body = one.get("requestBody", {})
            yield Operation(
                method=method.upper(),
                template=template,
                parameters=tuple(entry.get("parameters", []) + one.get("parameters", [])),
                body=body.get("content", {}).get(_JSON, {}).get("schema"),
                body_required=body.get("required", False),
                answers={key: _answer(document, each) for key, each in one["responses"].items()},
                pattern=re.compile(literal),
            )


def _answer(document: Json, response: Json) -> Json | None:
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    return response.get("content", {}).get(_JSON, {}).get("schema")


def _close(schemas: dict[str, Json]) -> None:
    """Let what is sent hold nothing that is not written; what is answered may hold more."""
    mixed = {name for schema in schemas.values() for name in _mixed_in(schema)}
    for name, schema in schemas.items():
        if name in mixed or name.endswith("Response") or "properties" not in schema:
            continue
        if "allOf" not in schema and "additionalProperties" not in schema:
            schema["additionalProperties"] = False


def _mixed_in(schema: Json) -> Iterator[str]:
    """Yield the names of what a schema is put together from."""
    for each in schema.get("allOf", ()):
        if "$ref" in each:
            yield each["$ref"].rsplit("/", 1)[1]


def _lenient(body: Json, name: str = "") -> Json:
    """Leave out what the real service takes without writing of it; an id may be a number."""
    if isinstance(body, list):
        return [_lenient(each, name) for each in body]
    if not isinstance(body, dict):
        is_id = name.endswith("_id") or name in {"attachments.id", "users", "roles"}
        return str(body) if is_id and type(body) is int else body
    unwritten = _UNWRITTEN | ({"flags"} if name == "embeds" else set())
    return {
        key: _lenient(each, "attachments.id" if (name, key) == ("attachments", "id") else key)
        for key, each in body.items()
        if key not in unwritten
    }


def _read(word: str, schema: Json) -> Json:
    kind = schema.get("type")
    if kind == "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(word.lower(), word)
    return int(word) if kind == "integer" and word.isdecimal() else word


def _deepest(error: ValidationError) -> ValidationError:
    """Return where the alternative that fits best fails."""
    alternatives: dict[Json, list[ValidationError]] = {}
    for each in error.context or ():
        alternatives.setdefault(each.relative_schema_path[0], []).append(each)
    if not alternatives:
        return error
    # Where alternatives are told apart by a constant, those of another kind do not count.
    nearest = min(alternatives.values(), key=lambda all_: (_other(all_), len(all_)))
    return max(map(_deepest, nearest), key=lambda each: len(each.absolute_path))


def _other(errors: list[ValidationError]) -> bool:
    return any(each.validator in {"enum", "type"} and not each.context for each in errors)


def _place(error: ValidationError) -> str:
    return "".join(f"[{each}]" for each in error.absolute_path)
