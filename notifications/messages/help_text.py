"""The text of `/help`."""

from django.conf import settings
from django.utils.translation import gettext as _

from notifications.messages.wording import Message, link, row


def help_text() -> Message:
    lines = [
        _("I plan games: announce one, and people sign up with a button."),
        "",
        _("`/create-game` – announce a game; you see a preview first"),
        _("`/edit-game`, `/cancel-game`, `/clone-game`, `/roster` – for the games you host"),
        _("`/list-games` – what is coming up in this channel, another, or the whole server"),
        _("`/my-games` – the games you host and those you have joined"),
        _("`/settings` – your time zone, reminders and quiet hours"),
        _("`/config-guild`, `/config-channel` – for admins: defaults, roles, time zone"),
        "",
        _(
            "Write times as you say them: “friday 8pm”, “tomorrow 20:00”, “in 2 hours”. When a "
            "game is full, more people wait; when somebody leaves, the next person moves up."
        ),
    ]
    return {
        "embeds": [{"title": "Gamesched", "description": "\n".join(lines), "color": 0x3BA55D}],
        "components": [
            row(
                link(_("Dashboard"), f"{settings.SITE_URL}/games/"),
                link(_("Manual"), f"{settings.SITE_URL}/help/"),
            )
        ],
    }
