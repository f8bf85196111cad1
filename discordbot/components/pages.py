"""Pages of `/list-games`: the buttons carry the list and the page, nothing is remembered."""

from django.utils.translation import gettext as _

from discordbot.interactions.callbacks import Message
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_of
from discordbot.interactions.responder import Responder
from games.selectors import list_upcoming_for, sees_games_in, snapshots_of
from guilds.selectors import channel_not_found, get_channel
from notifications.messages import lists
from notifications.messages.custom_ids import ListButton
from notifications.messages.markdown import plain_line

SERVER = "server"


async def press(interaction: Interaction, responder: Responder, button: ListButton) -> None:
    await responder.update(await in_database(show_page, interaction, button.scope, button.page))


def show_page(interaction: Interaction, scope: str, page: int) -> Message:
    """Upcoming games of the server, or of the channel whose id `scope` is. Raises `Refused`, for a
    channel the member does not see as for one that never was."""
    member = member_of(interaction)
    games = list_upcoming_for(member)
    heading = _("Coming up on %(server)s") % {"server": plain_line(member.guild.name)}
    if scope != SERVER:
        channel = get_channel(member.guild, int(scope) if scope.isdecimal() else 0)
        if not sees_games_in(channel, member):
            raise channel_not_found()
        games = games.filter(channel=channel)
        heading = _("Coming up in #%(channel)s") % {"channel": plain_line(channel.name)}
    total = games.count()
    page = min(page, max(0, (total - 1) // lists.PAGE_SIZE))
    first = page * lists.PAGE_SIZE
    return lists.game_list(
        snapshots_of(games[first : first + lists.PAGE_SIZE]) if total else [],
        heading=heading,
        scope=scope,
        page=page,
        total=total,
        show_channel=scope == SERVER,
    )
