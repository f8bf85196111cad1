"""The health of all that must run, for load balancers and people on call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from guilds.web.outages import asks_nobody
from notifications.clocks import wrong_clocks
from notifications.metrics import Numbers
from telemetry.heartbeats import Heartbeat, read_heartbeats
from telemetry.store import connection as connection_to_redis
from telemetry.waits import read_waits

TICK = "beat"
GATEWAY = "gateway"
# A tick comes every 5 s, a gateway's pulse every 10 s.
TICK_SECONDS = 20
GATEWAY_SECONDS = 40


@dataclass(frozen=True)
class Check:
    name: str
    is_well: bool
    says: str


# Checks of the apps above ours; run only while the database answers.
more_checks: list[Callable[[], list[Check]]] = []


def check_all() -> list[Check]:
    """Check the database, Redis, beat's last tick, each shard's gateway, and whether Discord asks
    for a long wait."""
    checks = [_check_database()]
    if checks[0].is_well:
        checks += [check for more in more_checks for check in more()]
    try:
        beats, waits = read_heartbeats(), read_waits()
    except redis.RedisError as error:
        return [*checks, Check("redis", False, type(error).__name__)]
    checks += [_check_redis(), _check_beat(beats)]
    checks += [*_check_clocks(beats), *_check_gateways(beats)]
    return checks + _check_waits(waits)


@asks_nobody
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer that this process runs. No I/O."""
    return HttpResponse("ok", content_type="text/plain")


@asks_nobody
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 503 while something that must run does not, and which part it is.

    How many shards there are and what ails them is for those with METRICS_TOKEN.
    """
    checks = check_all()
    is_ready = all(check.is_well for check in checks)
    body: dict[str, Any]
    if _knows_token(request):
        body = {check.name: {"ok": check.is_well, "says": check.says} for check in checks}
    else:
        parts = {check.name.partition(":")[0] for check in checks}
        body = {part: {"ok": _is_well(part, checks)} for part in sorted(parts)}
    response = JsonResponse(body, status=200 if is_ready else 503)
    response["Cache-Control"] = "no-store"
    return response


@asks_nobody
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in Prometheus' text format to a request with METRICS_TOKEN; 404 to any other."""
    if not _knows_token(request):
        raise Http404
    registry = CollectorRegistry()
    registry.register(Numbers())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _knows_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and constant_time_compare(given, settings.METRICS_TOKEN)


def _is_well(part: str, checks: list[Check]) -> bool:
    return all(check.is_well for check in checks if check.name.partition(":")[0] == part)


def _check_database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError as error:
        return Check("database", False, type(error).__name__)
    return Check("database", True, "answers")


def _check_redis() -> Check:
    """Redis may answer and yet be full, which it says only to those who write."""
    try:
        connection_to_redis().set("telemetry:room", 1, ex=60)
    except redis.RedisError as error:
        return Check("redis", False, str(error)[:200])
    return Check("redis", True, "answers")


def _check_clocks(beats: list[Heartbeat]) -> list[Check]:
    return [
        Check(beat.name, False, f"{beat.facts['ahead']:+.0f} s beside the database's clock")
        for beat in wrong_clocks(beats)
    ]


def _check_beat(beats: list[Heartbeat]) -> Check:
    age = min((beat.age for beat in beats if beat.name == TICK), default=None)
    if age is None:
        return Check("beat", False, "no tick yet")
    return Check("beat", age <= TICK_SECONDS, f"last tick {age:.0f} s ago")


def _check_gateways(beats: list[Heartbeat]) -> list[Check]:
    shards = [beat for beat in beats if beat.name.startswith(f"{GATEWAY}:")]
    if not shards:
        return [Check("gateway", False, "no shard is connected")]
    return [
        Check(
            beat.name,
            beat.age <= GATEWAY_SECONDS and bool(beat.facts.get("is_open")),
            _say_gateway(beat),
        )
        for beat in shards
    ]


def _check_waits(waits: dict[str, float]) -> list[Check]:
    """The longest wait that Discord asks for; nothing while there is none worth telling."""
    if not waits:
        return []
    what, seconds = max(waits.items(), key=lambda one: one[1])
    minutes = round(seconds / 60)
    left = f"{seconds:.0f} s" if seconds < 120 else f"{minutes // 60} h {minutes % 60} min"
    return [Check("discord", False, f"asks to wait another {left} ({what})")]


def _say_gateway(beat: Heartbeat) -> str:
    state = "open" if beat.facts.get("is_open") else beat.facts.get("trouble") or "closed"
    return f"{state}, {beat.age:.0f} s ago"
