"""Fixtures of all tests."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql
from pytest_django import DjangoDbBlocker

OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()"""
# Django fills these tables when it migrates, and tests expect their rows.
KEPT = (
    "auth_permission",
    "django_celery_beat_intervalschedule",
    "django_celery_beat_periodictask",
    "django_celery_beat_periodictasks",
    "django_content_type",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Close a pool that a thread of an earlier test has opened to a database that is no test's.

    Otherwise all tests of this process would work there: a pool keeps the address it began with.
    """
    connection.close_pool()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Replaces pytest-django's fixture, whose DROP DATABASE fails while a thread is connected."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty_tables())
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(OTHERS)


def empty_tables() -> None:
    """Delete all rows after a test that committed some.

    Django would truncate, which recreates every table's files, and fill `KEPT` again: 0.2 s for
    each of hundreds of tests. The lock waits for threads that still write, as a truncation would.
    """
    tables = [
        sql.Identifier(name)
        for name in connection.introspection.django_table_names(include_views=False)
        if name not in KEPT
    ]
    statements = [
        sql.SQL("lock table {} in exclusive mode").format(sql.SQL(", ").join(tables)),
        *(sql.SQL("delete from {}").format(table) for table in tables),
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("; ").join(statements))
