"""Structured logs: one line per event, with request ids and without secrets."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from gamesched.calm_logs import CalmFilter, calm_event

# Tokens as they occur in headers, callback addresses and form bodies.
_SECRETS = re.compile(
    r"(Bot |Bearer |[?&](?:code|state|token|access_token|refresh_token|client_secret)=)[^\s&'\"]+"
    r"|(/(?:interactions/\d+|webhooks/\d+|cal|cal/server)/)[\w.-]{20,}"
)
_SECRET_KEYS = frozenset({"token", "authorization", "secret", "password", "code", "cookie"})


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Remove anything that looks like a credential, by its form or its key."""
    for key, value in event.items():
        if key in _SECRET_KEYS and not isinstance(value, int):  # a number under `code` is a status
            event[key] = "[removed]"
        elif isinstance(value, str) or key == "request":  # its text holds the query
            event[key] = _SECRETS.sub(lambda m: f"{m[1] or m[2]}[removed]", str(value))
    return event


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    calm_event,
    structlog.processors.format_exc_info,
    redact,
]


def logging_config(*, level: str, json: bool) -> dict[str, Any]:
    """Configure structlog and return Django's `LOGGING`, as JSON lines or for a terminal."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": renderer,
                "foreign_pre_chain": [structlog.stdlib.ExtraAdder(), *_SHARED],
            },
        },
        "filters": {"calm": {"()": CalmFilter}},
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "formatter": "structured",
                "filters": ["calm"],
            },
        },
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            # Without handlers of its own: under DEBUG it would write each line a second time.
            "django": {"level": "INFO", "handlers": []},
            "daphne": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "django_celery_beat": {"level": "WARNING"},
            # It would log three lines for each of three ticks a second.
            "django_structlog.celery": {"level": "WARNING"},
            # It would log a traceback for each passing scanner.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "nextcord": {"level": "INFO"},
            "asyncio": {"level": "WARNING"},
        },
    }
