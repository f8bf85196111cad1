"""`/list-games` and `/my-games`; turning pages is `components.pages`."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discordbot.components.pages import SERVER, show_page
from discordbot.interactions.callbacks import Message
from discordbot.interactions.commands import IN_DMS, IN_SERVERS, Command, boolean, channel
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.responder import Responder
from games.agenda import LONGEST_GAME
from games.models import Game
from games.selectors import list_hosted, list_joined, snapshots_of
from games.snapshots import GameSnapshot
from guilds.selectors import POSTABLE
from guilds.services.member import see_user
from notifications.messages import lists


async def list_games(interaction: Interaction, responder: Responder) -> None:
    channel_id = interaction.snowflake("channel")
    if interaction.flag("show_all") and channel_id is None:
        scope = SERVER
    else:
        scope = str(channel_id or interaction.place_id)
    await responder.reply(await in_database(show_page, interaction, scope, 0))


async def my_games(interaction: Interaction, responder: Responder) -> None:
    await responder.reply(await in_database(_own_games, interaction, timezone.now()))


def _own_games(interaction: Interaction, now: datetime) -> Message:
    user = see_user(interaction.user)
    hosted = list_hosted(user, now - LONGEST_GAME)
    joined = list_joined(user, now - LONGEST_GAME)
    return lists.my_games(
        _first_page(hosted),
        _first_page(joined),
        user_id=user.id,
        hosting_total=hosted.count(),
        joined_total=joined.count(),
    )


def _first_page(games: QuerySet[Game]) -> list[GameSnapshot]:
    page = games[: lists.PAGE_SIZE]
    return snapshots_of(page) if page else []


LIST_GAMES = Command(
    name="list-games",
    description=_("What is coming up, soonest first"),
    run=list_games,
    options=(
        channel("channel", _("Of which channel; otherwise of this one"), POSTABLE),
        boolean("show_all", _("Of the whole server")),
    ),
)
MY_GAMES = Command(
    name="my-games",
    description=_("The games you host and those you have joined"),
    run=my_games,
    contexts=(IN_SERVERS, IN_DMS),
)
