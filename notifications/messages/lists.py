"""Lists of games: those of a channel or a server page by page, and a person's own."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.snapshots import GameSnapshot
from notifications.messages.custom_ids import ListButton
from notifications.messages.limits import EMBED_DESCRIPTION, fit, join_lines
from notifications.messages.markdown import escape_line
from notifications.messages.wording import SECONDARY, Message, button, game_url, row, when

PAGE_SIZE = 10
COLOR = 0x3BA55D
TITLE_ROOM, NAME_ROOM = 120, 60


def game_list(
    games: Sequence[GameSnapshot],
    *,
    heading: str,
    scope: str,
    page: int,
    total: int,
    show_channel: bool,
) -> Message:
    """Show one page of upcoming games, soonest first; `page` counts from 0."""
    lines = [_line(game, show_channel=show_channel) for game in games]
    embed: Message = {
        "title": fit(heading, 256),
        "color": COLOR,
        "description": join_lines(lines, EMBED_DESCRIPTION)
        or _("Nothing is planned. Announce a game with /create-game."),
    }
    if total:
        first = page * PAGE_SIZE + 1
        embed["footer"] = {
            "text": _("%(first)d–%(last)d of %(total)d")
            % {"first": first, "last": first + len(games) - 1, "total": total}
        }
    return {"embeds": [embed], "components": _paging(scope, page, total)}


def my_games(
    hosting: Sequence[GameSnapshot],
    joined: Sequence[GameSnapshot],
    *,
    user_id: int,
    hosting_total: int,
    joined_total: int,
) -> Message:
    """Two embeds: the games a person hosts, and those they go, wait or may go to."""
    return {
        "embeds": [
            _own(_("Hosting"), hosting, hosting_total, _("You host no games right now.")),
            _own(
                _("Joined"),
                joined,
                joined_total,
                _("You have joined no games. Find some with /list-games."),
                user_id=user_id,
            ),
        ]
    }


def _own(
    heading: str,
    games: Sequence[GameSnapshot],
    total: int,
    nothing: str,
    *,
    user_id: int | None = None,
) -> Message:
    lines = [_line(game, show_guild=True, user_id=user_id) for game in games]
    embed: Message = {
        "title": heading,
        "color": COLOR,
        # Two embeds share Discord's 6000 characters.
        "description": join_lines(lines, 2800) or nothing,
    }
    if total > len(games):
        rest = total - len(games)
        text = ngettext("%(count)d more on the dashboard", "%(count)d more on the dashboard", rest)
        embed["footer"] = {"text": text % {"count": rest}}
    return embed


def _line(
    game: GameSnapshot,
    *,
    show_channel: bool = False,
    show_guild: bool = False,
    user_id: int | None = None,
) -> str:
    title = fit(game.title, TITLE_ROOM, escape=escape_line)
    parts = [
        f"**[{title}]({game_url(game.guild_id, game.id)})** · {when(game.starts_at)}",
        _("%(count)d/%(seats)d players") % {"count": len(game.playing), "seats": game.max_players},
        fit(game.host_name, NAME_ROOM, escape=escape_line),
    ]
    if show_channel:
        parts.append(f"<#{game.channel_id}>")
    if show_guild:
        parts.append(fit(game.guild_name, NAME_ROOM, escape=escape_line))
    if user_id is not None and (place := game.place_of(user_id)):
        parts.append(_standing(*place))
    return " · ".join(parts)


def _standing(standing: str, place: int) -> str:
    if standing == "waiting":
        return _("waitlist, no. %(place)d") % {"place": place}
    return _("maybe") if standing == "maybe" else _("you play")


def _paging(scope: str, page: int, total: int) -> list[Message]:
    last = max(0, (total - 1) // PAGE_SIZE)
    if last == 0:
        return []
    return [
        row(
            button(
                _("Previous"),
                ListButton(scope, max(0, page - 1)).custom_id,
                SECONDARY,
                disabled=page <= 0,
            ),
            button(
                _("Next"),
                # The two ids must differ, also where one of them is disabled.
                ListButton(scope, page + 1).custom_id,
                SECONDARY,
                disabled=page >= last,
            ),
        )
    ]
