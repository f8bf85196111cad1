"""Checks requests and answers against Discord's published API description.

The file is OpenAPI 3.1, whose schemas are JSON Schema 2020-12. Two checks are stricter: lengths are
counted in UTF-16 code units, as we count our own; and a request's property that the description
lacks is reported, since Discord would silently ignore it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.openapi.formats import FORMATS
from tests.openapi.wording import word

FILE = Path(__file__).parent / "discord-openapi.json"
AS_PUBLISHED, CLOSED = "urn:discord", "urn:discord:closed"
_JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """A method and path template of the description."""

    method: str
    template: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"

    def request_problems(self, body: Any, query: Mapping[str, str] | None = None) -> list[str]:
        """Return the problems of a request, each with its field first. `body` is None if absent."""
        return [*self._query_problems(query or {}), *self._body_problems(body)]

    def response_problems(self, status: int, body: Any) -> list[str]:
        """Return the differences of an answer from the description of this status."""
        answers = self._described["responses"]
        wildcard = f"{status // 100}XX"
        code = str(status) if str(status) in answers else wildcard
        if code not in answers:
            return [f"no answer with status {status} is described"]
        pointer = self._pointer("responses", code)
        answer = answers[code]
        if "$ref" in answer:
            pointer = answer["$ref"]
            answer = _resolve(pointer)
        if _JSON not in answer.get("content", {}):
            return [] if body in (None, "") else ["(body): none is described"]
        return _problems(AS_PUBLISHED, f"{pointer}/content/application~1json/schema", body)

    def _body_problems(self, body: Any) -> list[str]:
        described = self._described.get("requestBody")
        if described is None:
            return [] if body is None else ["(body): none is described"]
        if body is None:
            return ["(body): it is missing"] if described.get("required") else []
        pointer = self._pointer("requestBody", "content", _JSON, "schema")
        return _problems(CLOSED, pointer, body)

    def _query_problems(self, query: Mapping[str, str]) -> Iterator[str]:
        known = {p["name"]: p for p in self._parameters if p["in"] == "query"}
        for name, text in query.items():
            if name not in known:
                yield f"?{name}: no such parameter is described"
            elif not any(_fits(known[name]["schema"], value) for value in _readings(text)):
                yield f"?{name}: {text!r} is not what is described"
        for name, parameter in known.items():
            if parameter.get("required") and name not in query:
                yield f"?{name}: it is missing"

    def fits(self, path: str) -> bool:
        """Return whether a path without its base fits this template and its parameters."""
        match = self._pattern.fullmatch(path)
        schemas = {p["name"]: p["schema"] for p in self._parameters if p["in"] == "path"}
        return match is not None and all(
            _fits(schemas.get(name, True), text) for name, text in match.groupdict().items()
        )

    @property
    def _described(self) -> dict[str, Any]:
        return dict(load()["paths"][self.template][self.method.lower()])

    @property
    def _parameters(self) -> list[dict[str, Any]]:
        shared = load()["paths"][self.template].get("parameters", [])
        return [*shared, *self._described.get("parameters", [])]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = re.split(r"\{(\w+)\}", self.template)
        names = [f"(?P<{name}>[^/]+)" for name in parts[1::2]]
        fixed = [re.escape(part) for part in parts[::2]]
        return re.compile("".join(a + b for a, b in zip(fixed, [*names, ""], strict=True)))

    def _pointer(self, *steps: str) -> str:
        path = ("paths", self.template, self.method.lower(), *steps)
        return "#/" + "/".join(step.replace("~", "~0").replace("/", "~1") for step in path)


def find_operation(method: str, path: str) -> Operation | None:
    """Return the operation of a path such as `/channels/1/messages`; literal names win."""
    return next((one for one in _operations() if one.method == method and one.fits(path)), None)


def get_operation(name: str) -> Operation:
    """Return an operation by name: `POST /channels/{channel_id}/messages`. Raises KeyError."""
    return {operation.name: operation for operation in _operations()}[name]


@cache
def load() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text()))


@cache
def _operations() -> tuple[Operation, ...]:
    methods = {"get", "put", "post", "delete", "patch"}
    found = [
        Operation(method.upper(), template)
        for template, item in load()["paths"].items()
        for method in item
        if method in methods
    ]
    return tuple(sorted(found, key=lambda one: one.template.count("{")))


@cache
def _registry() -> Registry[Any]:
    pairs = ((AS_PUBLISHED, load()), (CLOSED, _closed(load())))
    return Registry().with_resources(
        (uri, Resource.from_contents(document, default_specification=DRAFT202012))
        for uri, document in pairs
    )


def _resolve(pointer: str) -> dict[str, Any]:
    return dict(_registry().resolver(AS_PUBLISHED).lookup(pointer).contents)


def _closed(schema: Any, *, is_part: bool = False) -> Any:
    """Forbid additional properties in each object, except parts of an `allOf`, which have few."""
    if isinstance(schema, list):
        return [_closed(part, is_part=is_part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value, is_part=key == "allOf") for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema and not is_part:
        closed.setdefault("additionalProperties", False)
    return closed


def _count_length(_: Any, limit: int, instance: object, __: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str):
        length = len(instance.encode("utf-16-le", "surrogatepass")) // 2
        if length > limit:
            yield ValidationError(f"{length} long, where {limit} is the most")


_Validator: Any = extend(  # type: ignore[no-untyped-call] # its stubs leave it out
    Draft202012Validator, {"maxLength": _count_length}
)


@cache
def _validator(uri: str, pointer: str) -> Any:
    return _Validator({"$ref": uri + pointer}, registry=_registry(), format_checker=FORMATS)


def _problems(uri: str, pointer: str, body: Any) -> list[str]:
    return [line for error in _validator(uri, pointer).iter_errors(body) for line in word(error)]


def _fits(schema: Any, value: Any) -> bool:
    if isinstance(schema, dict) and "$ref" in schema:
        schema = {"$ref": AS_PUBLISHED + schema["$ref"]}
    validator = _Validator(schema, registry=_registry(), format_checker=FORMATS)
    return bool(validator.is_valid(value))


def _readings(text: str) -> list[Any]:
    """Return the values that a text in a query may stand for."""
    values: list[Any] = [text, [text]]
    if re.fullmatch(r"-?\d+", text):
        values.append(int(text))
    if text.lower() in {"true", "false", "1", "0"}:
        values.append(text.lower() in {"true", "1"})
    return values
