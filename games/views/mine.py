"""The viewer's own games, over all their servers."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from games.listing import rows_of
from games.selectors import list_hosted, list_joined
from guilds.access import ask_to_log_in
from guilds.models import User
from guilds.selectors import list_guilds_of

MINE_MOST = 100
# Games under way began earlier than now; none lasts longer than this.
LONGEST_GAME = timedelta(days=7)


@never_cache
@require_safe
def my_games(request: HttpRequest) -> HttpResponse:
    """Where the viewer plays, waits, may come, and hosts, over all their servers."""
    user = request.user
    if not isinstance(user, User):
        return ask_to_log_in(request)
    since = timezone.now() - LONGEST_GAME
    mine = {game.id: game for game in list_joined(user, since)[:MINE_MOST]}
    mine |= {game.id: game for game in list_hosted(user, since)[:MINE_MOST]}
    rows = sorted(rows_of(list(mine.values()), user), key=lambda r: (r.game.starts_at, r.game.id))
    groups = [
        (name, title, [row for row in rows if row.standing == name])
        for name, title in (
            ("playing", _("Playing")),
            ("waiting", _("On the waitlist")),
            ("maybe", _("Maybe")),
        )
    ]
    groups.append(("hosting", _("Hosting"), [row for row in rows if row.is_hosting]))
    guilds = list(list_guilds_of(user))
    context = {"groups": groups, "has_games": bool(rows), "guilds": guilds, "nav_guilds": guilds}
    return render(request, "games/my_games.html", context)
