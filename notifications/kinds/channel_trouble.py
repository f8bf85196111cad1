from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from discord_api.budget import Priority
from discord_api.errors import cause_of
from games.models import Game
from games.selectors import UPCOMING
from guilds.models import Channel
from guilds.selectors import bot_members, missing_bot_permissions
from notifications.kinds.base.context import Context
from notifications.kinds.base.notice import Notice, register, with_host
from notifications.messages.trouble import OF_CHANNEL, Trouble, why
from notifications.messages.wording import Message, game_url, link
from notifications.models import Delivery


@register
class ChannelTrouble(Notice):
    """Tells the host that the channel of a game takes no messages: when it becomes known, and
    once a day while messages fail."""

    name = "channel_trouble"
    label = gettext_lazy("Trouble in a channel")
    priority = Priority.NEWS
    may_mention = False

    def deliveries(
        self,
        *,
        game_id: int,
        channel_id: int,
        now: datetime,
        code: int | None = None,
        said: str = "",
    ) -> list[Delivery]:
        """A row for the game's host. `code` and `said` are Discord's refusal, if it refused."""
        key = f"trouble:{channel_id}:{now.date().isoformat()}"
        if code is not None and cause_of(code) not in OF_CHANNEL:
            key += f":{code}:{game_id}"
        payload = {"channel_id": channel_id, "code": code, "said": said[:300]}
        return self.to_host(with_host(game_id), key=key, due_at=now, payload=payload)

    def of_channels(self, channel_ids: Iterable[int], *, now: datetime) -> list[Delivery]:
        """Rows for the hosts of all coming games in these channels, one a channel and host, about
        the first of their games there."""
        games = Game.objects.filter(channel_id__in=list(channel_ids), status__in=UPCOMING)
        firsts = games.order_by().values("channel_id", "host_id").annotate(first=Min("id"))
        rows: list[Delivery] = []
        ids = [each["first"] for each in firsts]
        for game in Game.objects.select_related("host").filter(id__in=ids):
            key = f"trouble:{game.channel_id}:{now.date().isoformat()}"
            payload = {"channel_id": game.channel_id}
            rows += self.to_host(game, key=key, due_at=now, payload=payload)
        return rows

    def look_up(
        self, deliveries: Sequence[Delivery], now: datetime
    ) -> Mapping[int, dict[str, Any]]:
        """Whether the channel is gone, what the bot lacks in it as far as the mirror tells, and
        how many games the host has there."""
        ids = {row.payload.get("channel_id") for row in deliveries}
        channels = {channel.id: channel for channel in Channel.objects.filter(id__in=ids)}
        bots = bot_members({row.guild_id for row in deliveries})
        counts = _games_by_place(channels)
        facts: dict[int, dict[str, Any]] = {}
        for row in deliveries:
            channel = channels.get(row.payload.get("channel_id", 0))
            if channel is not None:
                missing = missing_bot_permissions(channel, bots.get(row.guild_id))
                facts[row.id] = {
                    "is_gone": channel.deleted_at is not None,
                    "missing": int(missing),
                    "games": counts[channel.id, row.target_id],
                }
        return facts

    def outdated(self, context: Context) -> str:
        """A called-off game whose post still shows it as on is worth telling, once refused."""
        is_refused = context.payload.get("code") is not None
        if context.game.is_cancelled and is_refused:
            return ""
        trouble = _trouble(context)
        if reason := super().outdated(context):
            return reason
        if context.game.channel_id != trouble.channel_id:
            return "the game has another channel by now"
        is_there = is_refused or trouble.is_gone or trouble.missing
        return "" if is_there else "the channel can be written to again"

    def text(self, context: Context) -> str:
        words = context.words
        if context.game.is_cancelled:
            text = _("%(title)s, %(when)s, is cancelled, but its announcement cannot show that.")
            return f"{text % words} {why(_trouble(context))}"
        if _trouble(context).is_channel_gone:
            text = _("The channel of %(title)s, %(when)s, is gone.") % words
        else:
            text = _("I cannot post properly where %(title)s, %(when)s, belongs.") % words
        lines = [f"{text} {why(_trouble(context))}", _what_goes_on(_trouble(context))]
        more = context.payload.get("games", 1) - 1
        if more > 0:
            lines.append(
                ngettext(
                    "It is the same with %(count)d more game of yours there.",
                    "It is the same with %(count)d more games of yours there.",
                    more,
                )
                % {"count": more}
            )
        return "\n".join(lines)

    def buttons(self, context: Context) -> list[Message]:
        game = context.game
        if not game.is_upcoming:
            return []
        url = f"{game_url(game.guild_id, game.id)}edit/#id_channel"
        return [link(_("Choose another channel"), url)]


def _what_goes_on(trouble: Trouble) -> str:
    if not trouble.is_of_channel:
        return _("The game still stands, and sign-ups on the dashboard go on.")
    return _(
        "The game still stands, sign-ups on the dashboard go on, and reminders go out by direct "
        "message. Another channel is chosen on the game's page, or by /edit-game with the option "
        "“channel”."
    )


def _trouble(context: Context) -> Trouble:
    payload = context.payload
    return Trouble(
        channel_id=payload.get("channel_id") or context.game.channel_id,
        code=payload.get("code") or 0,
        said=payload.get("said", ""),
        is_gone=payload.get("is_gone", False),
        missing=payload.get("missing", 0),
    )


def _games_by_place(channel_ids: Iterable[int]) -> Counter[tuple[int, int]]:
    """Count the coming games by channel and their host's Discord id. One query."""
    games = Game.objects.filter(channel_id__in=list(channel_ids), status__in=UPCOMING)
    rows = games.order_by().values_list("channel_id", "host__discord_id").annotate(Count("id"))
    return Counter({(channel, host): count for channel, host, count in rows})
