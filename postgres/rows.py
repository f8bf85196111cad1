"""Model instances out of statements written by hand, for the few that every click runs.

The ORM takes several times as long to put a query together as PostgreSQL to answer it; see
`bench/README.md`. Models with JSON columns are not for this: Django leaves these as text.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

type Statement = tuple[str, Mapping[str, Any]]  # SQL and its parameters
type Rows = list[tuple[Any, ...]]


class Columns[M: Model]:
    """All columns of a model's table, which the statement calls `alias`."""

    def __init__(self, model: type[M], alias: str) -> None:
        fields = model._meta.concrete_fields
        self._model = model
        self._names = [field.attname for field in fields]
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in fields)

    def __len__(self) -> int:
        return len(self._names)

    def read(self, row: Sequence[Any]) -> M:
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, row)


def first_row(sql: str, parameters: Any) -> tuple[Any, ...] | None:
    """Run the statement; the first row of its answer."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def all_rows(sql: str, parameters: Any) -> Rows:
    """Run the statement; its whole answer."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def rows_of(*statements: Statement) -> list[Rows]:
    """Run the statements, sent to PostgreSQL as one; the rows of each.

    Each sees what was committed before it began, as if sent alone. Parameters of one name are
    the same in all of them.
    """
    sql = ";".join(sql for sql, _parameters in statements)
    parameters = {name: value for _sql, given in statements for name, value in given.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found = [_fetched(cursor)]
        while cursor.nextset():
            found.append(_fetched(cursor))
        return found


def _fetched(cursor: CursorWrapper) -> Rows:
    return list(cursor.fetchall()) if cursor.description else []
