"""PostgreSQL's clock, which decides what is due and too late, whatever a process's own says."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField, ExpressionWrapper, Value
from django.db.models.functions import Least, Now


def database_now() -> datetime:
    """PostgreSQL's time at this statement; within a transaction it goes on."""
    with connection.cursor() as cursor:
        cursor.execute("select statement_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
    return row[0]


def by_database(moment: datetime, *, grace: timedelta = timedelta()) -> Least:
    """`moment` for a column, but at the latest the database's time plus `grace`: the process's
    clock may be ahead."""
    latest = ExpressionWrapper(Now() + Value(grace), output_field=DateTimeField())
    return Least(Value(moment, output_field=DateTimeField()), latest)
