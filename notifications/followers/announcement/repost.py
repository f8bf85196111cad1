"""A lost announcement posted anew, at its host's word."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from games.enums import Action, Via
from games.models import Game
from games.services.change import find_done, lock_game, record_change
from games.services.guards import check_may_edit
from guilds.errors import Refused
from guilds.models import Member
from notifications.followers.announcement.state import ANEW
from notifications.models import Announcement


def _already_there(announcement: Announcement) -> str:
    if announcement.message_id is None:
        return _("The announcement is on its way to its channel.")
    return _("The announcement is in its channel already.")


@transaction.atomic
def repost_announcement(
    *, game_id: int, member: Member, request_key: str | None, via: Via = Via.BOT
) -> Game:
    """Post a lost announcement anew. The same request again changes nothing.

    Raises `NotFound`, `NotAllowed`, and `Refused` when the game is over or its post is where it
    should be.
    """
    game = lock_game(member.guild_id, game_id)
    check_may_edit(game, member)
    if find_done(request_key):
        return game
    if not game.is_upcoming:
        raise Refused(_("This game is over; it needs no announcement any more."))
    announcement = Announcement.objects.select_for_update().filter(game=game).first()
    if announcement is None:
        raise Refused(_("This game has not been announced yet."))
    if not announcement.waits_for_host:
        raise Refused(_already_there(announcement))
    Announcement.objects.filter(id=announcement.id).update(
        **ANEW, channel_id=game.channel_id, render_at=Now()
    )
    record_change(game, actor=member.user, via=via, action=Action.REPOSTED, request_key=request_key)
    return game
