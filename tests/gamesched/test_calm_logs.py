"""An outage is logged once a minute and kind; nothing else is lost."""

import io
import logging
import logging.config
from collections.abc import Iterator
from unittest.mock import patch

import pytest
import redis
import structlog
from celery.beat import SchedulingError
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.log import log_response

from gamesched import calm_logs
from gamesched.logging import logging_config


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a process would write."""
    text = io.StringIO()
    monkeypatch.setattr(calm_logs, "_passed", {})
    config = logging_config(level="INFO", json=True)
    handler = logging.config.DictConfigurator(config)
    handler.configure()
    root = logging.getLogger()
    for one in root.handlers:
        if isinstance(one, logging.StreamHandler):
            one.setStream(text)
    yield text
    from django.conf import settings  # noqa: PLC0415

    logging.config.dictConfig(settings.LOGGING)


def lines(written: io.StringIO) -> list[str]:
    return [line for line in written.getvalue().splitlines() if line]


def test_probes_that_are_refused_are_not_logged(written: io.StringIO) -> None:
    request = RequestFactory().get("/readyz")
    log_response(
        "%s: %s",
        "Service Unavailable",
        "/readyz",
        request=request,
        response=HttpResponse(status=503),
    )
    assert lines(written) == []
    request = RequestFactory().get("/games/")
    log_response(
        "%s: %s",
        "Service Unavailable",
        "/games/",
        request=request,
        response=HttpResponse(status=503),
    )
    assert len(lines(written)) == 1


def test_what_django_logs_is_written_once(written: io.StringIO) -> None:
    assert logging.getLogger("django").handlers == []
    logging.getLogger("django.request").error("Broken")
    assert len(lines(written)) == 1


def test_beat_without_redis_writes_one_line_a_minute(written: io.StringIO) -> None:
    beat = logging.getLogger("celery.beat")
    clock = [1000.0]
    with patch("gamesched.calm_logs.time.monotonic", lambda: clock[0]):
        for _ in range(59):
            clock[0] += 1
            try:
                try:
                    raise redis.ConnectionError("Connection refused")
                except redis.ConnectionError as error:
                    raise SchedulingError(f"Couldn't apply scheduled task: {error}") from None
            except SchedulingError as error:
                beat.error("Message Error: %s\n%s", error, "frames\n" * 50, exc_info=True)
        assert len(lines(written)) == 1
        assert len(written.getvalue()) < 500
        assert "Traceback" not in written.getvalue()
        clock[0] += 2
        beat.error("Message Error: %s\n%s", redis.ConnectionError("x"), "frames")
        assert len(lines(written)) == 2


def test_pages_without_postgres_write_one_line_a_minute(written: io.StringIO) -> None:
    log = structlog.get_logger("guilds.web.outages")
    pool = logging.getLogger("psycopg.pool")
    for number in range(50):
        log.warning("postgres_unreachable", error="refused")
        pool.warning("error connecting in %r: %s", "pool-1", f"refused {number}")
        try:
            raise OperationalError("refused")
        except OperationalError:
            log.exception("request_failed", request="GET /")
    assert len(lines(written)) == 3
    assert "Traceback" not in written.getvalue()


def test_faults_of_ours_keep_their_traceback_each_time(written: io.StringIO) -> None:
    log = structlog.get_logger("games")
    for _ in range(3):
        try:
            raise KeyError("oh")
        except KeyError:
            log.exception("request_failed", request="GET /")
            logging.getLogger("celery.beat").exception("odd")
    assert written.getvalue().count("Traceback") == 6


def test_a_request_has_one_line_and_a_probe_none(written: io.StringIO) -> None:
    log = structlog.get_logger("django_structlog")
    for path in ("/", "/healthz", "/readyz", "/metrics?x=1", "/g/1/games/?q=/healthz"):
        log.info("request_finished", request=f"GET {path}", code=200)
    assert len(lines(written)) == 2


def test_what_is_remembered_is_bounded(written: io.StringIO) -> None:
    for number in range(3 * calm_logs.MOST_KINDS):
        logging.getLogger("kombu").warning(f"told with its number {number}")  # noqa: G004
    assert len(calm_logs._passed) <= calm_logs.MOST_KINDS
