"""From when a changed setting counts, in words, for whoever changed it.

Defaults are copied into a game when it is created. The others are looked up when they are needed,
so they count for games that are announced already too.
"""

from collections.abc import Collection

from django.utils.translation import gettext as _

from guilds.services.settings import DEFAULTS

_COPIED = DEFAULTS | {"archive", "archive_after_minutes", "archive_channel_id", "game_category"}
# Used when a game's announcement is rendered again, and when its timers are planned again.
_RENDERED = frozenset({"locale"})
_PLANNED = frozenset({"decide_minutes"})


def saved(names: Collection[str]) -> str:
    """Return "Saved." and from when the settings of these names count."""
    changed = set(names)
    said = [_("Saved.")]
    if changed & _COPIED:
        said.append(_("New games start with it; games already created keep what they have."))
    if changed & _RENDERED:
        said.append(_("Announcements take the new language when they are next updated."))
    if changed & _PLANNED:
        said.append(_("Games already announced follow when they are next changed."))
    if changed - _COPIED - _RENDERED - _PLANNED:
        said.append(_("It counts at once, for games already announced too."))
    return " ".join(said)
