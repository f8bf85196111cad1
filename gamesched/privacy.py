"""The data stored about people, why and how long: one table, which the page of privacy shows.

`tests/gamesched/test_privacy.py` holds it against the tables of the database and against what is
forgotten by itself (`notifications.retention`), so that neither grows unseen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.retention import DRAFT_DAYS

type Sentence = str | Promise


@dataclass(frozen=True)
class Kind:
    """One kind of data. `tables` hold it, and `forgotten` are its names in `forget_old`."""

    data: Sentence
    purpose: Sentence
    kept: Callable[[], Sentence]
    tables: tuple[str, ...]
    forgotten: tuple[str, ...] = ()


def _always(sentence: Sentence) -> Callable[[], Sentence]:
    return lambda: sentence


def _days(name: str) -> Callable[[], Sentence]:
    """Say the days of a setting as it stands; 0 keeps the data until the person goes."""
    return lambda: _for_days(getattr(settings, name))


def _for_days(days: int) -> str:
    if days <= 0:
        return _("As long as the site runs, without your name once you are deleted.")
    return ngettext("For %(days)d day.", "For %(days)d days.", days) % {"days": days}


def _session() -> str:
    return _("Until you log out: a day after the last use, at most %(days)d days.") % {
        "days": settings.SESSION_LIFETIME.days
    }


UNTIL_DELETED = _always(gettext_lazy("Until you are deleted."))

KINDS = (
    Kind(
        gettext_lazy("Your Discord id, name, picture and language"),
        gettext_lazy("To know you again, and to show the others who plays."),
        UNTIL_DELETED,
        ("guilds.User",),
    ),
    Kind(
        gettext_lazy("Your time zone, reminders and quiet hours"),
        gettext_lazy("To tell you things when and how you want."),
        UNTIL_DELETED,
        ("guilds.User",),
    ),
    Kind(
        gettext_lazy("Your servers with the bot, your nicknames and roles there"),
        gettext_lazy("To know what you may see and do."),
        UNTIL_DELETED,
        ("guilds.Member",),
    ),
    Kind(
        gettext_lazy("Your log-ins: kind of browser, times, and Discord's token, encrypted"),
        gettext_lazy("To keep you logged in, and to ask Discord which servers you are on."),
        _session,
        ("guilds.Session", "sessions.Session"),
        ("sessions", "earlier_sessions"),
    ),
    Kind(
        gettext_lazy("Your calendar addresses, as hashes"),
        gettext_lazy("To let your calendar program read your games."),
        _always(gettext_lazy("Until you revoke them.")),
        ("guilds.Feed",),
    ),
    Kind(
        gettext_lazy("Games you host, with all you wrote and the pictures you chose"),
        gettext_lazy("To announce them and to let people sign up."),
        _days("RETAIN_GAMES_DAYS"),
        ("games.Game", "games.Slot", "games.Series", "games.Template", "games.Image"),
        ("games",),
    ),
    Kind(
        gettext_lazy("Your sign-ups and answers"),
        gettext_lazy("To seat people fairly, and to show who comes."),
        _days("RETAIN_GAMES_DAYS"),
        ("games.Participant",),
        ("games",),
    ),
    Kind(
        gettext_lazy("Who changed what in a game"),
        gettext_lazy("To show its history to those who see the game."),
        _days("RETAIN_CHANGES_DAYS"),
        ("games.Change",),
        ("changes",),
    ),
    Kind(
        gettext_lazy("Previews you did not post yet"),
        gettext_lazy("To let you go on where you stopped."),
        lambda: _for_days(DRAFT_DAYS),
        ("games.Draft",),
        ("drafts",),
    ),
    Kind(
        gettext_lazy("Which messages were sent to you, and when; their text is not kept"),
        gettext_lazy("To send each once, and to show hosts what did not arrive."),
        _days("RETAIN_DELIVERIES_DAYS"),
        ("notifications.Delivery", "notifications.Timer", "notifications.HeldTarget"),
        ("deliveries", "timers", "holds"),
    ),
    Kind(
        gettext_lazy("The id of your direct messages with the bot, and whether you closed them"),
        gettext_lazy("To write to you in time, and not in vain."),
        UNTIL_DELETED,
        ("guilds.User",),
    ),
    Kind(
        gettext_lazy("Your network address and a name typed at the admin's log-in, as hashes"),
        gettext_lazy("To refuse whoever tries too often."),
        _always(gettext_lazy("For a quarter of an hour, in memory.")),
        (),
    ),
    Kind(
        gettext_lazy("Your Discord id, if you are banned"),
        gettext_lazy("To hold the ban."),
        _always(gettext_lazy("Until the ban is lifted, also after you are deleted.")),
        ("guilds.Ban",),
    ),
    Kind(
        gettext_lazy("What operators do in the admin"),
        gettext_lazy("To see afterwards who changed what."),
        UNTIL_DELETED,
        ("admin.LogEntry",),
    ),
    Kind(
        gettext_lazy("Servers' names, owners, channels, roles and settings"),
        gettext_lazy("To post in the right place, for the right people."),
        _always(gettext_lazy("As long as the site runs.")),
        ("guilds.Guild", "guilds.Channel", "guilds.Role", "notifications.Announcement"),
    ),
)

# Tables without people, and those of libraries that stay empty here.
NOBODY = frozenset(
    {
        "account.EmailAddress",
        "account.EmailConfirmation",
        "auth.Group",
        "auth.Permission",
        "contenttypes.ContentType",
        "discordbot.IdentifyTurn",
        "discordbot.ShardLease",
        "django_celery_beat.ClockedSchedule",
        "django_celery_beat.CrontabSchedule",
        "django_celery_beat.IntervalSchedule",
        "django_celery_beat.PeriodicTask",
        "django_celery_beat.PeriodicTasks",
        "django_celery_beat.SolarSchedule",
        "notifications.ChannelPace",
        "socialaccount.SocialAccount",
        "socialaccount.SocialApp",
        "socialaccount.SocialToken",
    }
)


def list_kinds() -> list[dict[str, Any]]:
    """Return the table in the reader's language, with the periods as they are set."""
    return [{"data": kind.data, "purpose": kind.purpose, "kept": kind.kept()} for kind in KINDS]
