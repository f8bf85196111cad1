"""Replies of a line or two, to one person alone."""

from django.utils.translation import gettext as _

from games.fields import FIELDS
from games.services.roster.signup import Signup
from guilds.enums import Permission
from guilds.errors import Refused
from guilds.permissions import permission_names
from notifications.messages.limits import CONTENT, fit
from notifications.messages.markdown import escape_line
from notifications.messages.trouble import Trouble, why
from notifications.messages.wording import Message, game_url, link, row


def line(text: str) -> Message:
    return {"content": fit(text, CONTENT)}


def closing(text: str) -> Message:
    """Replace a message whose buttons have done their work."""
    return {"content": fit(text, CONTENT), "embeds": [], "components": []}


def refusal(refused: Refused) -> Message:
    """The refusal's own sentence, with the option it is about."""
    name = field_names().get(refused.field)
    return line(f"**{name}**: {refused.message}" if name else refused.message)


def field_names() -> dict[str, str]:
    """Labels of a game's fields, by their names in forms and commands and by the settings that
    are their defaults."""
    names = {
        name: str(field.label)
        for field in FIELDS
        for name in (field.name, field.guild_setting, field.channel_setting)
        if name
    }
    return names | {
        "repeat": _("Repeats"),
        "slot": _("Slot"),
        "name": _("Name"),
        "quiet_hours": _("Quiet hours"),
    }


def signup(done: Signup) -> Message:
    """Tell the person where they stand after their click."""
    if done.standing == "playing":
        return line(
            _("You're in, seat %(place)d of %(seats)d.")
            % {"place": done.place, "seats": done.seats}
        )
    if done.standing == "waiting":
        return line(
            _("You're on the waitlist, no. %(place)d. The host picks the players; I'll tell you.")
            % {"place": done.place}
            if done.host_selects
            else _("You're on the waitlist, no. %(place)d. I'll tell you when you get a seat.")
            % {"place": done.place}
        )
    if done.standing == "maybe":
        return line(_("You're down as maybe. No seat is held for you."))
    return line(_("Too bad! You're down as not coming."))


def posted(*, guild_id: int, game_id: int, channel_id: int) -> Message:
    message = closing(_("Posted in <#%(channel)d>.") % {"channel": channel_id})
    return message | {"components": [row(link(_("Details"), game_url(guild_id, game_id)))]}


def will_be_posted(*, guild_id: int, game_id: int, channel_id: int) -> Message:
    message = closing(
        _("It will be posted in <#%(channel)d> in a moment.") % {"channel": channel_id}
    )
    return message | {"components": [row(link(_("Details"), game_url(guild_id, game_id)))]}


def not_posted(trouble: Trouble, *, guild_id: int, game_id: int) -> Message:
    text = _("I could not post the announcement. %(why)s The game stands, and its page has all.")
    url = game_url(guild_id, game_id)
    buttons = [link(_("Choose another channel"), f"{url}edit/#id_channel"), link(_("Details"), url)]
    return closing(text % {"why": why(trouble)}) | {"components": [row(*buttons)]}


def discarded() -> Message:
    return closing(_("Discarded."))


def reposted(*, channel_id: int) -> Message:
    return line(
        _("I'm posting the announcement again in <#%(channel)d>.") % {"channel": channel_id}
    )


def cancelled(*, title: str) -> Message:
    return line(
        _("“%(title)s” is cancelled. Everyone who signed up is told.")
        % {"title": escape_line(title)}
    )


def missing_permissions(missing: Permission, *, channel_id: int) -> str:
    """Say why nothing can be announced in a channel, and how an admin can help."""
    return _(
        "I can't announce in <#%(channel)d>: I lack %(permissions)s there. "
        "Ask an admin of this server to allow me that, or choose another channel."
    ) % {"channel": channel_id, "permissions": permission_names(missing)}


def confirmed(*, title: str) -> Message:
    return line(
        _("**%(title)s** takes place. I'll tell everyone who signed up.")
        % {"title": escape_line(title)}
    )


def outdated() -> Message:
    return line(_("This button is outdated. Use the newest message, or /list-games."))


def busy() -> Message:
    return line(_("I'm very busy right now. Try again in a moment."))


def press_again() -> Message:
    return line(_("That took too long. Press it again, please."))


def database_down() -> Message:
    return line(
        _("I can't reach my database right now, so nothing was changed. Try again in a minute.")
    )


def unexpected() -> Message:
    return line(_("Something went wrong on my side, and it has been noted. Try again, please."))
