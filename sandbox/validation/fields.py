"""Checks of a request body, field by field, which collect all errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.errors import ApiError, nest_errors
from sandbox.world.state import Json

TWICE = ("SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value.")
NO_OBJECT = ("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
REQUIRED = ("BASE_TYPE_REQUIRED", "This field is required")


class Form:
    """Collects errors by path; `finish` raises 50035 when there are any."""

    def __init__(self) -> None:
        self.found: list[tuple[list[str], str, str]] = []
        self._path: list[str] = []

    @contextmanager
    def at(self, *steps: str | int) -> Iterator[None]:
        """Put the errors of the block below these steps."""
        self._path += [str(step) for step in steps]
        try:
            yield
        finally:
            del self._path[-len(steps) :]

    def error(self, field: str | int | None, code: str, message: str) -> None:
        path = [*self._path] if field is None else [*self._path, str(field)]
        self.found.append((path, code, message))

    def finish(self) -> None:
        if self.found:
            raise ApiError(50035, errors=nest_errors(self.found))

    def text(
        self,
        body: Json,
        field: str,
        longest: int,
        *,
        shortest: int = 0,
        required: bool = False,
    ) -> str | None:
        """Read a string, stripped, of allowed length in code points; None for anything else."""
        value = body.get(field)
        if value is None:
            if required:
                self.error(field, *REQUIRED)
            return None
        if not isinstance(value, str):
            self.error(field, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
            return None
        length = len(value.strip())
        if required and length == 0:
            self.error(field, *REQUIRED)
        elif not shortest <= length <= longest:
            self._wrong_length(field, length, shortest, longest)
        return value

    def _wrong_length(self, field: str, length: int, shortest: int, longest: int) -> None:
        if shortest:
            message = f"Must be between {shortest} and {longest} in length."
            self.error(field, "BASE_TYPE_BAD_LENGTH", message)
        else:
            message = f"Must be {longest} or fewer in length."
            self.error(field, "BASE_TYPE_MAX_LENGTH", message)

    def number(
        self,
        body: Json,
        field: str,
        low: float | None = None,
        high: float | None = None,
        *,
        required: bool = False,
        fractions: bool = False,
    ) -> Any:
        """Read a number within bounds; None when absent or wrong."""
        value = body.get(field)
        if value is None:
            if required:
                self.error(field, *REQUIRED)
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float) if fractions else int):
            self.error(field, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            return None
        if low is not None and value < low:
            self.error(
                field, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}."
            )
        elif high is not None and value > high:
            self.error(
                field, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}."
            )
        return value

    def one_of(self, body: Json, field: str, allowed: set[int], *, required: bool = True) -> Any:
        """Read a number out of a set."""
        value = body.get(field)
        if value is None and not required:
            return None
        if value is None:
            self.error(field, *REQUIRED)
        elif isinstance(value, bool) or value not in allowed:
            names = ", ".join(str(choice) for choice in sorted(allowed))
            message = f"Value must be one of {{{names}}}."
            self.error(field, "BASE_TYPE_CHOICES", message)
        return value

    def rows(
        self, body: Json, field: str, most: int, *, least: int = 0, required: bool = False
    ) -> list[Any]:
        """Read a list of allowed size; empty when absent or wrong."""
        value = body.get(field)
        if value is None:
            if required:
                self.error(field, *REQUIRED)
            return []
        if not isinstance(value, list):
            self.error(field, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if not least <= len(value) <= most:
            message = f"Must be between {least} and {most} in length."
            self.error(field, "BASE_TYPE_BAD_LENGTH", message)
        return value

    def distinct(self, body: Json, field: str, most: int, *, least: int = 0) -> list[Any]:
        """Read a list of allowed size in which nothing stands twice, "1" and 1 being the same."""
        rows = self.rows(body, field, most, least=least)
        with self.at(field):
            for index, value in enumerate(rows):
                if str(value) in {str(other) for other in rows[:index]}:
                    self.error(index, *TWICE)
        return rows

    def kinds(self, body: Json, field: str, allowed: set[int], *, least: int = 0) -> None:
        """Check a list of numbers out of a set, none twice."""
        for index, value in enumerate(self.distinct(body, field, len(allowed), least=least)):
            if isinstance(value, bool) or value not in allowed:
                names = ", ".join(str(choice) for choice in sorted(allowed))
                with self.at(field):
                    self.error(index, "BASE_TYPE_CHOICES", f"Value must be one of {{{names}}}.")

    def flag(self, body: Json, field: str) -> bool | None:
        """Read true or false; None when absent or wrong."""
        value = body.get(field)
        if value is not None and not isinstance(value, bool):
            self.error(field, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
            return None
        return value

    def id(self, body: Json, field: str, *, required: bool = False) -> int | None:
        """Read a snowflake, sent as a string or a number."""
        value = body.get(field)
        if value is None:
            if required:
                self.error(field, *REQUIRED)
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            message = f'Value "{value}" is not snowflake.'
            self.error(field, "NUMBER_TYPE_COERCE", message)
            return None
