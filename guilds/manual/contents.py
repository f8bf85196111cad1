"""The manual's pages, made from `docs/*.md` so that members need not know the repository."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# The page's name, also that of its file: its readers, and its contents.
PAGES: dict[str, tuple[Any, Any]] = {
    "players": (_("For players"), _("Join games, be reminded, keep them in your calendar.")),
    "hosts": (_("For hosts"), _("Announce games, fill the seats, let them repeat.")),
    "admins": (_("For server admins"), _("Add Gamesched to your server and set it up.")),
    "deploying": (_("Running it"), _("A platform, a server of your own, or containers.")),
    "operating": (_("Operations"), _("What to watch, backups, and what happens in trouble.")),
    "scaling": (_("Growing"), _("What one machine carries, and what to add then.")),
    "contributing": (_("Working on it"), _("Set up, find your way, test, and send a change.")),
}
