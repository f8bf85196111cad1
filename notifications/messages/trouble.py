"""Why a game's announcement is not where it should be, and what can be done about it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from discord_api.errors import Cause, cause_of
from guilds.enums import Permission
from guilds.permissions import permission_names
from notifications.messages.limits import fit
from notifications.messages.markdown import escape_line

_SAID = 200
OF_CHANNEL = frozenset({Cause.GONE, Cause.CLOSED, Cause.KIND, Cause.LOCKED})


@dataclass(frozen=True)
class Trouble:
    """A channel that took no message, and all that is known of why.

    `code` is Discord's, 0 if it was not asked; `said` its words. `is_gone` and `missing` are
    what the mirror tells of the channel and of the bot's permissions there.
    """

    channel_id: int
    code: int = 0
    said: str = ""
    is_gone: bool = False
    missing: int = 0

    @property
    def is_channel_gone(self) -> bool:
        return self.is_gone or cause_of(self.code) == Cause.GONE

    @property
    def is_of_channel(self) -> bool:
        """Whether every message to the channel would fail, and not this one alone."""
        return self.is_gone or bool(self.missing) or cause_of(self.code) in OF_CHANNEL


def why(trouble: Trouble) -> str:
    """Say in a sentence or two what is wrong and who can mend it."""
    words = {"channel": f"<#{trouble.channel_id}>"}
    if trouble.is_channel_gone:
        return _("That channel was deleted on Discord. Choose another one.")
    if trouble.missing:
        words["permissions"] = permission_names(Permission(trouble.missing))
        return (
            _(
                "In %(channel)s I lack: %(permissions)s. Ask an admin of this server to allow me "
                "that in the channel's settings, or choose another channel."
            )
            % words
        )
    if say := _BY_CAUSE.get(cause_of(trouble.code)):
        return say() % words
    words["said"] = fit(trouble.said or "–", _SAID, escape=escape_line)
    words["code"] = str(trouble.code)
    return _("Discord does not take it in %(channel)s and says: “%(said)s” (%(code)s).") % words


def _closed() -> str:
    return _(
        "I may not see %(channel)s or write there. Ask an admin of this server to let me view the "
        "channel, send messages and embed links, or choose another channel."
    )


def _wrong_kind() -> str:
    return _(
        "%(channel)s is a forum or another kind of channel that takes no announcement. "
        "Choose a text channel."
    )


def _locked() -> str:
    return _(
        "%(channel)s is archived or locked. Ask a moderator to open it, or choose another channel."
    )


def _blocked() -> str:
    return _(
        "AutoMod or a filter of this server blocks the text in %(channel)s. Change the text, or "
        "ask an admin of this server to exempt me from that rule."
    )


def _foreign() -> str:
    return _(
        "The announcement in %(channel)s was posted by another bot account, so I cannot change "
        "it. Post it again."
    )


_BY_CAUSE: dict[Cause, Callable[[], str]] = {
    Cause.CLOSED: _closed,
    Cause.KIND: _wrong_kind,
    Cause.LOCKED: _locked,
    Cause.BLOCKED: _blocked,
    Cause.FOREIGN: _foreign,
}
