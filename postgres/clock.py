"""PostgreSQL's clock, which alone decides what is due or too late; processes' clocks may differ."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField, ExpressionWrapper, Value
from django.db.models.functions import Least, Now


def database_now() -> datetime:
    """Return PostgreSQL's time at this statement, not at the transaction's beginning."""
    with connection.cursor() as cursor:
        cursor.execute("select statement_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
    return row[0]


def by_database(moment: datetime, *, grace: timedelta = timedelta()) -> Least:
    """Return `moment` for a column, capped at the database's time plus `grace`.

    The cap corrects a process whose clock is ahead.
    """
    latest = ExpressionWrapper(Now() + Value(grace), output_field=DateTimeField())
    return Least(Value(moment, output_field=DateTimeField()), latest)
