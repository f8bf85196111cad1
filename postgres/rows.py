"""Model instances from SQL written by hand, for the few statements that every click runs.

The ORM takes several times as long to build a query as PostgreSQL takes to answer it; see
`bench/README.md`. Models with JSON columns must not be read this way: Django leaves them as text.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

type Statement = tuple[str, Mapping[str, Any]]  # SQL and its parameters
type Rows = list[tuple[Any, ...]]


class Columns[M: Model]:
    """All columns of a model's table, which the statement calls `alias`.

    `sql` lists them in the order in which `read` expects them.
    """

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
    """Run the statement and return the first row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def all_rows(sql: str, parameters: Any) -> Rows:
    """Run the statement and return all rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def rows_of(*statements: Statement) -> list[Rows]:
    """Run the statements in one round trip and return the rows of each.

    Each statement sees what was committed before it began, as if sent alone. A parameter's name
    has the same value in all of them.
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
    # psycopg would make a `description` of every column, which takes as long as ten rows.
    return list(cursor.fetchall()) if cursor.pgresult.nfields else []
