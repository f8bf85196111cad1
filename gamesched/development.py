"""A control of time for trials: shows what each game does next, and brings it near.

The address does not exist in production. It needs `DEBUG`, which settings refuse for a site that is
not on this machine, and a secret that `make run` makes for itself and the sandbox at each start.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from games.enums import Status, Via
from games.models import Game
from games.selectors import get_game
from games.services.game_edit import edit_game
from guilds.errors import NotFound, Refused
from guilds.models import Member

# Leaves time to announce the new start before the step itself happens.
LEAD = timedelta(seconds=15)
MOST = 25


@dataclass(frozen=True)
class Step:
    """The next thing a game does, at `at`, which is `before` ahead of its start."""

    what: str
    at: datetime
    before: timedelta


def next_step(game: Game, now: datetime) -> Step:
    """Return the game's next reminder or, if none is ahead, its start."""
    reminders = [timedelta(minutes=minutes) for minutes in game.reminder_minutes]
    ahead = [before for before in reminders if game.starts_at - before > now]
    if not ahead:
        return Step("Start", game.starts_at, timedelta())
    before = max(ahead)
    return Step(f"Reminder {_length(before)} before", game.starts_at - before, before)


def list_planned(guild_id: int, now: datetime) -> list[tuple[Game, Step]]:
    """Return the guild's announced games, each with its next step, soonest first."""
    announced = Q(post_at=None) | Q(post_at__lte=now)
    games = Game.objects.filter(
        announced, guild_id=guild_id, status=Status.SCHEDULED, starts_at__gt=now
    )
    planned = [(game, next_step(game, now)) for game in games]
    return sorted(planned, key=lambda row: row[1].at)[:MOST]


def bring_near(guild_id: int, game_id: int, now: datetime) -> str:
    """Move the game's start, as its host would, so that its next step comes after `LEAD`.

    Returns a sentence for the page. Raises `NotFound` and the errors of `edit_game`.
    """
    game = get_game(guild_id, game_id)
    step = next_step(game, now)
    if step.at - now > LEAD:
        host = Member.objects.select_related("guild", "user").get(
            guild_id=guild_id, user_id=game.host_id
        )
        values = {"starts_at": now + LEAD + step.before}
        edit_game(game_id=game.id, member=host, values=values, via=Via.WORKER)
    return f"{game.title}: {step.what.lower()} in {LEAD.seconds} seconds."


@csrf_exempt
@require_http_methods(["GET", "POST"])
def planned(request: HttpRequest) -> HttpResponse:
    """GET lists the next steps in `guild_id`; POST brings the game `id` near."""
    if not _knows_secret(request):
        return JsonResponse({"error": "The secret is wrong."}, status=403)
    answer = _show if request.method == "GET" else _move
    return _answered(lambda: answer(request))


def development_urls() -> list[URLPattern]:
    if not (settings.DEBUG and settings.DEVELOPMENT_SECRET):
        return []
    return [path("development/time", planned, name="development-time")]


def _show(request: HttpRequest) -> object:
    rows = list_planned(int(request.GET["guild_id"]), timezone.now())
    return [
        {"id": str(game.id), "title": game.title, "what": step.what, "at": step.at.timestamp()}
        for game, step in rows
    ]


def _move(request: HttpRequest) -> object:
    body = json.loads(request.body)
    return {"said": bring_near(int(body["guild_id"]), int(body["id"]), timezone.now())}


def _answered(ask: Callable[[], object]) -> HttpResponse:
    try:
        return JsonResponse(ask(), safe=False)
    except (Member.DoesNotExist, NotFound):
        return JsonResponse({"error": "There is no such game any more."}, status=404)
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=409)
    except (KeyError, TypeError, ValueError):
        return JsonResponse({"error": "guild_id and id must be numbers."}, status=400)


def _knows_secret(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    return constant_time_compare(given, f"Bearer {settings.DEVELOPMENT_SECRET}")


def _length(span: timedelta) -> str:
    """Write a length in the largest unit that fits: `1 day`, `90 minutes`."""
    minutes = span // timedelta(minutes=1)
    units = (("day", 1440), ("hour", 60), ("minute", 1))
    unit, size = next((unit, size) for unit, size in units if minutes % size == 0)
    count = minutes // size
    return f"{count} {unit}{'' if count == 1 else 's'}"
