"""The clock that decides what is due and what is too late, whatever a process's own says."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """PostgreSQL's time at this statement; within a transaction it goes on."""
    with connection.cursor() as cursor:
        cursor.execute("select statement_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
    return row[0]
