"""`/list-games`, `/my-games`, and the pages of a list.

A page's buttons carry the list and the page; nothing is remembered.
"""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discordbot.interactions.callbacks import Message
from discordbot.interactions.commands import IN_DMS, IN_SERVERS, Command, boolean, channel
from discordbot.interactions.interaction import Interaction, as_id
from discordbot.interactions.person import member_of, user_of
from discordbot.interactions.routes import on, reply, update
from games.browse.agenda import LONGEST_GAME
from games.models import Game
from games.selectors import (
    list_hosted,
    list_joined,
    list_upcoming_for,
    sees_games_in,
    snapshots_of,
)
from games.snapshots import GameSnapshot
from guilds.models import POSTABLE
from guilds.selectors import channel_not_found, get_channel
from notifications.messages import lists
from notifications.messages.custom_ids import ListButton
from notifications.messages.markdown import plain_line

SERVER = "server"


def list_games(interaction: Interaction) -> Message:
    channel_id = interaction.snowflake("channel")
    if interaction.flag("show_all") and channel_id is None:
        return _page(interaction, SERVER, 0)
    return _page(interaction, str(channel_id or interaction.place_id), 0)


def turn_page(interaction: Interaction, button: ListButton) -> Message:
    return _page(interaction, button.scope, button.page)


def _page(interaction: Interaction, scope: str, page: int) -> Message:
    """Upcoming games of the server, or of the channel whose id `scope` is.

    Raises `Refused`, for a channel the member does not see as for one that never was.
    """
    member = member_of(interaction)
    games = list_upcoming_for(member)
    heading = _("Coming up on %(server)s") % {"server": plain_line(member.guild.name)}
    if scope != SERVER:
        channel = get_channel(member.guild, as_id(scope) or 0)
        if not sees_games_in(channel, member):
            raise channel_not_found()
        games = games.filter(channel=channel)
        heading = _("Coming up in #%(channel)s") % {"channel": plain_line(channel.name)}
    total = games.count()
    page = min(page, max(0, (total - 1) // lists.PAGE_SIZE))
    first = page * lists.PAGE_SIZE
    return lists.game_list(
        _snapshots(games[first : first + lists.PAGE_SIZE]),
        heading=heading,
        scope=scope,
        page=page,
        total=total,
        show_channel=scope == SERVER,
    )


def my_games(interaction: Interaction) -> Message:
    user = user_of(interaction)
    since = timezone.now() - LONGEST_GAME
    hosted, joined = list_hosted(user, since), list_joined(user, since)
    return lists.my_games(
        _snapshots(hosted[: lists.PAGE_SIZE]),
        _snapshots(joined[: lists.PAGE_SIZE]),
        user_id=user.id,
        hosting_total=hosted.count(),
        joined_total=joined.count(),
    )


def _snapshots(games: QuerySet[Game]) -> list[GameSnapshot]:
    return snapshots_of(list(games.values_list("id", flat=True)))


LIST_GAMES = Command(
    name="list-games",
    description=gettext_lazy("What is coming up, soonest first"),
    run=reply(list_games),
    options=(
        channel("channel", gettext_lazy("Channel to list (default: this one)"), POSTABLE),
        boolean("show_all", gettext_lazy("List the whole server")),
    ),
)
MY_GAMES = Command(
    name="my-games",
    description=gettext_lazy("The games you host and those you have joined"),
    run=reply(my_games),
    contexts=(IN_SERVERS, IN_DMS),
)
BUTTONS = (on(ListButton, run=update(turn_page)),)
