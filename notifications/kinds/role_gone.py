from collections.abc import Collection
from datetime import datetime

from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from discord_api.budget import Priority
from games.models import Game
from games.selectors import UPCOMING
from guilds.models import Guild
from guilds.selectors import gone_roles
from notifications.kinds.base.context import Context
from notifications.kinds.base.notice import Notice, register
from notifications.messages.limits import fit
from notifications.messages.markdown import escape_line
from notifications.messages.wording import Message, game_url, link
from notifications.models import Delivery


@register
class RoleGone(Notice):
    """Tells each host once that a role which may join their games was deleted."""

    name = "role_gone"
    label = gettext_lazy("Role of players deleted")
    priority = Priority.UPKEEP

    def deliveries(
        self, guild: Guild, role_ids: Collection[int], *, now: datetime
    ) -> list[Delivery]:
        """One row for each host and role, about the first of their games and with their number."""
        rows: list[Delivery] = []
        for role_id, name in gone_roles(role_ids).items():
            games = Game.objects.filter(
                guild=guild, status__in=UPCOMING, player_role_ids__contains=[role_id]
            ).order_by()
            firsts = dict(games.values_list("host_id").annotate(Min("id")))
            for game in games.select_related("host").filter(id__in=firsts.values()):
                count = games.filter(host=game.host_id).count()
                rows += self.to_host(
                    game,
                    key=f"{self.name}:{role_id}",
                    due_at=now,
                    payload={"role": name, "games": count},
                )
        return rows

    def text(self, context: Context) -> str:
        role = fit(str(context.payload.get("role", "")), 100, escape=escape_line)
        text = _(
            "The role “%(role)s”, which may join %(title)s, %(when)s, was deleted on Discord. "
            "Who has a place keeps it, but nobody new can join by that role. Choose another "
            "on the game's page."
        ) % (context.words | {"role": role})
        more = context.payload.get("games", 1) - 1
        if more <= 0:
            return text
        again = ngettext(
            "It is the same with %(count)d more game of yours.",
            "It is the same with %(count)d more games of yours.",
            more,
        )
        return f"{text}\n{again % {'count': more}}"

    def buttons(self, context: Context) -> list[Message]:
        game = context.game
        url = f"{game_url(game.guild_id, game.id)}edit/#id_player_role_ids_box"
        return [link(_("Choose another role"), url)]
