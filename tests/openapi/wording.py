"""Describes an invalid body in lines that name the field."""

from collections.abc import Iterator
from typing import Any

from jsonschema import ValidationError

_OWN_WORDS = {"required", "additionalProperties", "uniqueItems", "maxLength", "dependentRequired"}
_LONGEST = 60


def word(error: ValidationError) -> Iterator[str]:
    """Yield one line, or those of the intended branch of a union."""
    if error.context:
        branch = _meant_branch(error)
        if branch:
            for part in branch:
                yield from word(part)
            return
    yield f"{_field(error)}: {_complaint(error)}"


def _meant_branch(error: ValidationError) -> list[ValidationError]:
    """Return the errors of the branch of the value's kind; empty if there is none."""
    branches: dict[Any, list[ValidationError]] = {}
    for part in error.context or ():
        branches.setdefault(part.schema_path[0], []).append(part)
    meant = [errors for errors in branches.values() if not _is_null(errors)]
    if len(meant) > 1:
        meant = [errors for errors in meant if not any(map(_is_other_kind, errors))]
    return min(meant, key=len, default=[])


def _is_null(errors: list[ValidationError]) -> bool:
    return any(error.validator == "type" and error.validator_value == "null" for error in errors)


def _is_other_kind(error: ValidationError) -> bool:
    """Return whether the error shows another branch was meant: by JSON type, `type` or value."""
    path = list(error.relative_path)
    if not path:
        return error.validator in {"type", "const"}
    return path == ["type"] and error.validator in {"enum", "const", "oneOf", "type"}


def _field(error: ValidationError) -> str:
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path]
    return "".join(steps).removeprefix(".") or "(body)"


def _complaint(error: ValidationError) -> str:
    if error.validator in _OWN_WORDS:
        return str(error.message)
    got = _shortened(error.instance)
    if error.validator in {"oneOf", "anyOf"}:
        kind = error.instance.get("type") if isinstance(error.instance, dict) else None
        return f"no variant has the type {kind!r}" if kind else f"{got} is none of the variants"
    return f"{got} against {error.validator} {_shortened(error.validator_value)}"


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
